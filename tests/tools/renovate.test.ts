import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CHART_VERSION, nameserverImage } from "../../components/operator/chart-version.ts";

interface Renovate {
  readonly customManagers: readonly {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
  }[];
  readonly packageRules: readonly {
    readonly groupName?: string;
    readonly matchPackageNames: readonly string[];
  }[];
}

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const { customManagers, packageRules } = JSON.parse(read("renovate.json")) as Renovate;

/** What the managers for a file capture from a text, in the order of the managers. */
function captured(pattern: string, text: string): readonly unknown[] {
  return customManagers
    .filter(({ managerFilePatterns }) => managerFilePatterns.includes(pattern))
    .flatMap(({ matchStrings }) => matchStrings)
    .flatMap((match) => [...text.matchAll(new RegExp(match, "g"))])
    .map(({ groups }) => ({ ...groups }));
}

test("Renovate finds the default version of the chart", () => {
  const file = "components/operator/chart-version.ts";
  expect(captured(file, read(file))).toEqual([{ currentValue: CHART_VERSION }]);
});

test("Renovate finds the versions that a stack pins", () => {
  const stack = `config:
  tailnet-edge:operator: { chartVersion: "1.2.3", hostname: op }
  tailnet-edge:clusterDns:
    nameserver:
      image: localhost:5000/${nameserverImage("1.2.3")}
`;
  expect(captured("Pulumi.*.yaml", stack)).toEqual([
    { currentValue: "1.2.3" },
    { depName: "localhost:5000/tailscale/k8s-nameserver", currentValue: "v1.2.3", currentDigest: undefined },
  ]);
});

test("Renovate updates the chart, the nameserver and the operator's source together", () => {
  const group = packageRules.find(({ groupName }) => groupName === "Tailscale operator");
  expect(group?.matchPackageNames).toEqual(["tailscale-operator", "tailscale.com", "/k8s-nameserver$/"]);
  // Renovate ignores an indirect requirement unless a tool directive needs it.
  expect(read("tools/chart/go.mod")).toMatch(/^tool tailscale\.com\//m);
});
