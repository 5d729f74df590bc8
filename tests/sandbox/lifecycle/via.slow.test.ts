import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import { workerRoutes, workerSubdomains } from "../../../sandbox/providers/cloudflare/worker.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { upKeepingRoutes } from "./hostname-routes.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

let project: RealProject<OzilabChanges>;
const HOST = "app.example.com";
const up = (changes?: Partial<OzilabChanges>) => upKeepingRoutes(project, changes);
const withVia = (via: unknown) => ({ hostnames: [{ host: HOST, via }] });

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: [{ name: "example.com" }, { name: "example.org", plan: "free" }] },
  });
});

afterAll(async () => {
  await project.remove();
});

/** One lifecycle: each test starts where the previous one ended. */
describe("a hostname in an Enterprise zone", () => {
  test("moves from the origin rule to the Worker: the rules are deleted after the route exists", async () => {
    await up();
    const steps = await up(withVia("worker"));
    expect(steps.toSorted()).toEqual([
      `create WorkersRoute ${HOST}`,
      "create WorkersScript edge-worker-script",
      "create WorkersScriptSubdomain edge-worker-subdomain",
      "delete ZoneRules example.com-configuration-rules",
      "delete ZoneRules example.com-origin-rules",
    ]);
    expect(steps[0]).toBe("create WorkersScript edge-worker-script");
    expect(steps.slice(3).every((step) => step.startsWith("delete ZoneRules"))).toBe(true);
  });

  test("moves back: the route is deleted after the rules exist, and the script after the route", async () => {
    const steps = await up(withVia("origin-rule"));
    expect(steps.slice(0, 2).toSorted()).toEqual([
      "create ZoneRules example.com-configuration-rules",
      "create ZoneRules example.com-origin-rules",
    ]);
    expect(steps.slice(2).toSorted()).toEqual([
      `delete WorkersRoute ${HOST}`,
      "delete WorkersScript edge-worker-script",
      "delete WorkersScriptSubdomain edge-worker-subdomain",
    ]);
    expect(steps.at(-1)).toBe("delete WorkersScript edge-worker-script");
  });

  test("moves to another target and back: the rule is deleted after, and created before, the record changes", async () => {
    expect(await up(withVia({ cname: "tunnel.cfargotunnel.com" }))).toEqual([
      `update DnsRecord ${HOST}`,
      "delete ZoneRules example.com-origin-rules",
    ]);
    expect(await up(withVia("origin-rule"))).toEqual([
      "create ZoneRules example.com-origin-rules",
      `update DnsRecord ${HOST}`,
    ]);
  });

  test("moves there and back with the whole edge, in one line", async () => {
    expect(await up({ via: { cname: "tunnel.cfargotunnel.com" } })).toEqual([
      `update DnsRecord ${HOST}`,
      "delete ZoneRules example.com-origin-rules",
    ]);
    expect(await up()).toEqual(["create ZoneRules example.com-origin-rules", `update DnsRecord ${HOST}`]);
  });

  test("moves to cname-only by deleting the rule and nothing else", async () => {
    expect(await up(withVia("cname-only"))).toEqual(["delete ZoneRules example.com-origin-rules"]);
  });
});

describe("a hostname that leaves a rule which others still use", () => {
  const both = (via: unknown) => ({ hostnames: [{ host: HOST, via }, "other.example.com"] });

  test("has its record changed before it is removed from the rule", async () => {
    await up(both("origin-rule"));
    const elsewhere = both({ cname: "tunnel.cfargotunnel.com" });
    // The rule waits for the Funnel's hostname and the record for nothing, so the record's call must be the slower one.
    const slow = ["cloudflare PUT /zones/{zone}/dns_records"];
    expect(await upKeepingRoutes(project, elsewhere, slow, 1000)).toEqual([
      `update DnsRecord ${HOST}`,
      "update ZoneRules example.com-origin-rules",
    ]);
    await up(both("origin-rule"));
  });

  test("has its route created before it is removed from the rule", async () => {
    const steps = await up(both("worker"));
    expect(steps.slice(-2).toSorted()).toEqual([
      "update ZoneRules example.com-configuration-rules",
      "update ZoneRules example.com-origin-rules",
    ]);
  });
});

describe("a hostname in a Free zone", () => {
  const free = (...hosts: readonly unknown[]) => ({
    zones: ["example.org"],
    hostnames: hosts.map((name) => ({ host: `${String(name)}.example.org`, via: "auto" })),
  });

  test("uses the Worker with via auto", async () => {
    project.reset();
    const steps = await up(free("one"));
    const edge = steps.filter((step) => /DnsRecord|ZoneRules|Worker/.test(step));
    expect(edge.toSorted()).toEqual([
      "create DnsRecord one.example.org",
      "create WorkersRoute one.example.org",
      "create WorkersScript edge-worker-script",
      "create WorkersScriptSubdomain edge-worker-subdomain",
      "create ZoneRules example.org-redirect-rules",
    ]);
    expect(edge.filter((step) => !/Subdomain|ZoneRules/.test(step))).toEqual([
      "create WorkersScript edge-worker-script",
      "create WorkersRoute one.example.org",
      "create DnsRecord one.example.org",
    ]);
  });

  test("costs one route, one record and a name in the redirect", async () => {
    const steps = await up(free("one", "two"));
    expect(steps.toSorted()).toEqual([
      "create DnsRecord two.example.org",
      "create WorkersRoute two.example.org",
      "update ZoneRules example.org-redirect-rules",
    ]);
    expect(steps.at(-1)).toBe("create DnsRecord two.example.org");
  });

  test("stays unchanged if via: worker replaces auto", async () => {
    const hostnames = ["one", "two"].map((name) => ({ host: `${name}.example.org`, via: "worker" }));
    expect(await up({ zones: ["example.org"], hostnames })).toEqual([]);
  });

  test("fails the preview with via: origin-rule, and changes nothing", async () => {
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

  test("is deleted with the whole Worker when the stack is destroyed", async () => {
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    project.withWorld((world) => {
      const left = [workerRoutes(world).size, workerScripts(world).size, workerSubdomains(world).size];
      expect([...left, ...incidents(world).values()]).toEqual([0, 0, 0]);
    });
    expect(project.written).not.toMatch(/tskey-/);
  });
});
