import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CHART_VERSION } from "../../components/operator/chart-version.ts";
import type { Manifest } from "../support/manifest.ts";
import { operatorChartFolder, renderOperatorChart } from "../support/operator-chart.ts";

const CRDS = [
  "CustomResourceDefinition connectors.tailscale.com",
  "CustomResourceDefinition dnsconfigs.tailscale.com",
  "CustomResourceDefinition proxyclasses.tailscale.com",
  "CustomResourceDefinition proxygroups.tailscale.com",
  "CustomResourceDefinition proxygrouppolicies.tailscale.com",
  "CustomResourceDefinition recorders.tailscale.com",
  "CustomResourceDefinition tailnets.tailscale.com",
];

const ACCOUNTS = ["ServiceAccount operator", "ServiceAccount proxies"];

const AFTER_CRDS = [
  "ClusterRole tailscale-operator",
  "ClusterRoleBinding tailscale-operator",
  "Role operator",
  "Role proxies",
  "RoleBinding operator",
  "RoleBinding proxies",
  "Deployment operator",
  "IngressClass tailscale",
];

const namesOf = (objects: readonly Manifest[]): string[] =>
  objects.map((object) => `${object.kind} ${object.metadata.name}`);

// The first build compiles Helm: minutes on a small machine.
beforeAll(operatorChartFolder, 900_000);

describe("the rendered operator chart", () => {
  test("has exactly the listed objects with default values", async () => {
    const objects = await renderOperatorChart({});
    expect(namesOf(objects)).toEqual([...ACCOUNTS, ...CRDS, ...AFTER_CRDS]);
  });

  test("has no CRDs without installCRDs", async () => {
    const objects = await renderOperatorChart({ installCRDs: false });
    expect(namesOf(objects)).toEqual([...ACCOUNTS, ...AFTER_CRDS]);
  });

  test("has a Secret with the OAuth client if one is set, and its values nowhere else", async () => {
    const objects = await renderOperatorChart({ oauth: { clientId: "id-1", clientSecret: "secret-1" } });
    expect(namesOf(objects)).toEqual([...ACCOUNTS, "Secret operator-oauth", ...CRDS, ...AFTER_CRDS]);
    expect(objects.filter((object) => JSON.stringify(object).includes("secret-1"))).toEqual([
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "operator-oauth", namespace: "tailscale" },
        stringData: { client_id: "id-1", client_secret: "secret-1" },
      },
    ]);
  });

  test("has the pinned version, and tags its images with it", async () => {
    const tag = `v${CHART_VERSION}`;
    const chart: unknown = parse(await readFile(join(await operatorChartFolder(), "Chart.yaml"), "utf8"));
    expect(chart).toMatchObject({ name: "tailscale-operator", version: CHART_VERSION, appVersion: tag });
    const deployment = (await renderOperatorChart({})).filter((object) => object.kind === "Deployment");
    const images = JSON.stringify(deployment).match(/tailscale\/[a-z0-9-]+:[^"]+/g);
    expect(images).toEqual([`tailscale/k8s-operator:${tag}`, `tailscale/tailscale:${tag}`]);
  });

  test("fails with the chart's message if the chart rejects the values", async () => {
    const values = {
      operatorConfig: { extraEnv: [{ name: "TS_EXPERIMENTAL_KUBE_API_EVENTS", value: "true" }] },
    };
    await expect(renderOperatorChart(values)).rejects.toThrow(
      "ERROR: operatorConfig.extraEnv.TS_EXPERIMENTAL_KUBE_API_EVENTS has been removed. Use ACLs instead.",
    );
  });
});

describe("the post-renderer", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "post-renderer-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const executable = async (name: string, script: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  };

  test("receives the whole release on standard input, CRDs included, and its output is installed", async () => {
    const postRenderer = await executable("rename", "sed 's/^  name: operator$/  name: renamed/'");
    const renamed = (name: string): string => name.replace(/^(\w+) operator$/, "$1 renamed");
    const objects = await renderOperatorChart({}, { postRenderer });
    expect(namesOf(objects)).toEqual([...ACCOUNTS, ...CRDS, ...AFTER_CRDS].map(renamed));
  });

  test("also receives the comments of templates that render nothing, as separate documents", async () => {
    const seen = join(folder, "seen.yaml");
    const postRenderer = await executable("keep", `tee '${seen}'`);
    const objects = await renderOperatorChart({}, { postRenderer });
    const documents = (await readFile(seen, "utf8")).split(/^---$/m).slice(1);
    expect(documents).toHaveLength(objects.length + 2);
    expect(documents.filter((document) => !document.includes("kind:"))).toEqual([
      expect.stringMatching(
        /^\n# Source: tailscale-operator\/templates\/apiserverproxy-rbac\.yaml\n(#.*\n|\n)*$/,
      ),
      expect.stringMatching(/^\n# Source: tailscale-operator\/templates\/oauth-secret\.yaml\n(#.*\n|\n)*$/),
    ]);
  });

  test("may remove everything", async () => {
    const postRenderer = await executable("drop", "cat >/dev/null");
    expect(await renderOperatorChart({}, { postRenderer })).toEqual([]);
  });

  test("fails the rendering with its message if it fails", async () => {
    const postRenderer = await executable("fail", "echo 'no such priority class' >&2; exit 3");
    await expect(renderOperatorChart({}, { postRenderer })).rejects.toThrow(
      /error while running post render on files: .*\n?no such priority class/,
    );
  });
});
