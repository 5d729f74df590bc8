import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  workerRoutes,
  workerScripts,
  workerSubdomains,
} from "../../../sandbox/providers/cloudflare/worker.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { upKeepingRoutes } from "./hostname-routes.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

let project: RealProject<OzilabChanges>;
const host = "app.example.com";
const up = (changes?: Partial<OzilabChanges>) => upKeepingRoutes(project, changes);
const by = (via: unknown) => ({ hostnames: [{ host, via }] });

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: [{ name: "example.com" }, { name: "example.org", plan: "free" }] },
  });
});

afterAll(async () => {
  await project.remove();
});

/** In one life of the stack: each test begins where the one before ended. */
describe("a hostname of an enterprise zone", () => {
  test("goes from the origin rule to the Worker: the rules go after the route is there", async () => {
    await up();
    const done = await up(by("worker"));
    expect(done.toSorted()).toEqual([
      `create WorkersRoute ${host}`,
      "create WorkersScript edge-worker-script",
      "create WorkersScriptSubdomain edge-worker-subdomain",
      "delete Ruleset example.com-configuration-rules",
      "delete Ruleset example.com-origin-rules",
    ]);
    expect(done[0]).toBe("create WorkersScript edge-worker-script");
    expect(done.slice(3).every((step) => step.startsWith("delete Ruleset"))).toBe(true);
  });

  test("and back: the route goes after the rules are there, and the script after the route", async () => {
    const done = await up(by("origin-rule"));
    expect(done.slice(0, 2).toSorted()).toEqual([
      "create Ruleset example.com-configuration-rules",
      "create Ruleset example.com-origin-rules",
    ]);
    expect(done.slice(2).toSorted()).toEqual([
      `delete WorkersRoute ${host}`,
      "delete WorkersScript edge-worker-script",
      "delete WorkersScriptSubdomain edge-worker-subdomain",
    ]);
    expect(done.at(-1)).toBe("delete WorkersScript edge-worker-script");
  });

  test("goes to another target and back: the rule goes after the record, and comes before it", async () => {
    expect(await up(by({ cname: "tunnel.cfargotunnel.com" }))).toEqual([
      `update DnsRecord ${host}`,
      "delete Ruleset example.com-origin-rules",
    ]);
    expect(await up(by("origin-rule"))).toEqual([
      "create Ruleset example.com-origin-rules",
      `update DnsRecord ${host}`,
    ]);
  });

  test("goes to the record alone, which costs the rule and nothing else", async () => {
    expect(await up(by("cname-only"))).toEqual(["delete Ruleset example.com-origin-rules"]);
  });
});

describe("a hostname that leaves the rule to others", () => {
  const both = (via: unknown) => ({ hostnames: [{ host, via }, "other.example.com"] });

  test("has its record led to another target before it is out of the rule", async () => {
    await up(both("origin-rule"));
    const elsewhere = both({ cname: "tunnel.cfargotunnel.com" });
    // The rule waits for the Funnel's name anyway, the record for nothing: it has to be slower than that.
    const slow = ["cloudflare PUT /zones/{zone}/dns_records"];
    expect(await upKeepingRoutes(project, elsewhere, slow, 1000)).toEqual([
      `update DnsRecord ${host}`,
      "update Ruleset example.com-origin-rules",
    ]);
    await up(both("origin-rule"));
  });

  test("has its route before it is out of the rule", async () => {
    const done = await up(both("worker"));
    expect(done.slice(-2).toSorted()).toEqual([
      "update Ruleset example.com-configuration-rules",
      "update Ruleset example.com-origin-rules",
    ]);
  });
});

describe("a hostname of a free zone", () => {
  const free = (...hosts: readonly unknown[]) => ({
    zones: ["example.org"],
    hostnames: hosts.map((name) => ({ host: `${String(name)}.example.org`, via: "auto" })),
  });

  test("that is left to the plan goes by the Worker", async () => {
    project.reset();
    const done = await up(free("one"));
    const edge = done.filter((step) => /DnsRecord|Ruleset|Worker/.test(step));
    expect(edge.toSorted()).toEqual([
      "create DnsRecord one.example.org",
      "create WorkersRoute one.example.org",
      "create WorkersScript edge-worker-script",
      "create WorkersScriptSubdomain edge-worker-subdomain",
    ]);
    expect(edge.filter((step) => !step.includes("Subdomain"))).toEqual([
      "create WorkersScript edge-worker-script",
      "create WorkersRoute one.example.org",
      "create DnsRecord one.example.org",
    ]);
  });

  test("comes as one route and one record, and nothing else", async () => {
    expect(await up(free("one", "two"))).toEqual([
      "create WorkersRoute two.example.org",
      "create DnsRecord two.example.org",
    ]);
  });

  test("stays as it is with the Worker asked for", async () => {
    const hostnames = ["one", "two"].map((name) => ({ host: `${name}.example.org`, via: "worker" }));
    expect(await up({ zones: ["example.org"], hostnames })).toEqual([]);
  });

  test("fails the preview by an origin rule, and nothing is changed", async () => {
    project.configure({
      zones: ["example.org"],
      hostnames: [{ host: "one.example.org", via: "origin-rule" }],
    });
    const preview = await project.run("preview");
    expect(preview.ok).toBe(false);
    expect(preview.errors.join("\n")).toContain(
      "origin-rule in a zone on the free plan, which has no SNI override",
    );
    expect(await up(free("one", "two"))).toEqual([]);
  });

  test("goes with all of the Worker when the stack is destroyed", async () => {
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    project.withWorld((world) => {
      const left = [workerRoutes(world).size, workerScripts(world).size, workerSubdomains(world).size];
      expect([...left, ...incidents(world).values()]).toEqual([0, 0, 0]);
    });
    expect(project.written).not.toMatch(/tskey-/);
  });
});
