import { describe, expect, test } from "vitest";
import { homepageEnvironment, reachableHosts } from "../../../components/homepage/homepage-links.ts";

const names = { name: "home", legacyHost: "home.tazlab.net", tailnetHost: "home.ts.net" };

test.each([
  ["legacy", ["home.tazlab.net"]],
  ["coexist", ["home.tazlab.net", "home.ts.net"]],
  ["tailnet", ["home.ts.net"]],
] as const)("in phase %s a service answers to %j", (phase, hosts) => {
  expect(reachableHosts({ ...names, phase })).toEqual(hosts);
});

describe("Homepage's environment", () => {
  const render = (...args: Parameters<typeof homepageEnvironment<string>>) =>
    homepageEnvironment(...args).map(({ name, hosts, render }) => `${name}=${render(hosts)}`);

  test("allows both hosts in phase coexist, and the configured further hosts", () => {
    expect(render({ ...names, phase: "coexist" }, [], ["$(MY_POD_IP):3000"])).toEqual([
      "HOMEPAGE_ALLOWED_HOSTS=home.tazlab.net,home.ts.net,$(MY_POD_IP):3000",
    ]);
  });

  test("links to the tailnet only in phase tailnet, and never to a service that no browser opens", () => {
    const services = [
      { name: "old", phase: "legacy", legacyHost: "old.tazlab.net", tailnetHost: undefined },
      { name: "both", phase: "coexist", legacyHost: "both.tazlab.net", tailnetHost: "both.ts.net" },
      { name: "moved-here", phase: "tailnet", legacyHost: "new.tazlab.net", tailnetHost: "new.ts.net" },
      { name: "database", phase: "tailnet" },
      { name: "never-public", phase: "legacy" },
    ] as const;
    expect(render({ ...names, phase: "tailnet" }, services, [])).toEqual([
      "HOMEPAGE_ALLOWED_HOSTS=home.ts.net",
      "HOMEPAGE_VAR_OLD_URL=https://old.tazlab.net",
      "HOMEPAGE_VAR_BOTH_URL=https://both.tazlab.net",
      "HOMEPAGE_VAR_MOVED_HERE_URL=https://new.ts.net",
    ]);
  });
});
