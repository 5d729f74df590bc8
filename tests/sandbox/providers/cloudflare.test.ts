import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/ruleset.ts";
import { workerScripts, workerSubdomains } from "../../../sandbox/providers/cloudflare/worker.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { callCounts, injectFault } from "../../../sandbox/world/api.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../inline-project.ts";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const RULESET = "cloudflare:index/ruleset:Ruleset";

let project: InlineProject;
let enterprise: string;
let free: string;
const world = <T>(use: Parameters<typeof project.session.withWorld<T>>[0]) => project.session.withWorld(use);

beforeAll(async () => {
  project = await InlineProject.create({
    zones: [{ name: "example.com" }, { name: "example.org", plan: "free" }],
  });
  [enterprise = "", free = ""] = world((there) => [...zones(there)].map(([id]) => id));
});

afterAll(async () => {
  await project.remove();
});

const record = (name: string, inputs: object, opts?: pulumi.CustomResourceOptions) =>
  resource(
    RECORD,
    name,
    {
      zoneId: enterprise,
      name: `${name}.example.com`,
      type: "CNAME",
      content: "x.ts.net",
      ttl: 1,
      proxied: true,
      ...inputs,
    },
    opts,
  );

const sniRule = (ref: string, host: string) => ({
  ref,
  action: "route",
  expression: `http.host in {"${host}"}`,
  actionParameters: { sni: { value: "edge.tail1234.ts.net" } },
});

const ruleset = (name: string, inputs: object, opts?: pulumi.CustomResourceOptions) =>
  resource(
    RULESET,
    name,
    {
      zoneId: enterprise,
      kind: "zone",
      phase: "http_request_origin",
      name: "default",
      rules: [sniRule("a", "a.example.com")],
      ...inputs,
    },
    opts,
  );

describe("a record", () => {
  test("is refused beside one that it conflicts with, and where its settings contradict each other", async () => {
    const first = () => {
      record("app", {});
      record("address", { type: "A", content: "192.0.2.1", proxied: false });
    };
    await project.up(first);
    const run = await project.up(
      () => {
        first();
        record("same-name", { name: "app.example.com", content: "other.ts.net" });
        record("identical", { name: "app.example.com" });
        record("address-beside-alias", { name: "app.example.com", type: "A", content: "192.0.2.1" });
        record("same-address", { name: "address.example.com", type: "A", content: "192.0.2.1" });
        record("proxied-text", { type: "TXT", content: "x" });
        record("short", { proxied: false, ttl: 29 });
        record("lost-zone", { zoneId: "nowhere" });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      "address-beside-alias: 400 Bad Request: 81054 A CNAME record with that host already exists.",
      "identical: 400 Bad Request: 81058 An identical record already exists.",
      "lost-zone: 404 Not Found: 7003 Could not route to /zones/nowhere, perhaps your object identifier is invalid?",
      "proxied-text: 400 Bad Request: 9004 This record type cannot be proxied.",
      "same-address: 400 Bad Request: 81057 The record already exists.",
      "same-name: 400 Bad Request: 81053 An A, AAAA, or CNAME record with that host already exists.",
      "short: 400 Bad Request: 9021 Invalid TTL. Must be between 30 and 86400 seconds, or 1 for Automatic.",
    ]);
    const slow = await project.up(() => {
      record("slow", { ttl: 300 });
    });
    expect(failuresOf(slow)[0]).toContain("ttl must be set to 1 when proxied is true, and is 300");
  });

  test("changes in place, but for its zone and type; a name outside the zone is taken as inside", async () => {
    const program = (inputs: object) => () => {
      record("app", inputs, { deleteBeforeReplace: true });
    };
    await project.up(program({}));
    expect(stepsOf(await project.up(program({ content: "y.ts.net" })))).toEqual(["update app"]);
    const typed = await project.up(program({ type: "TXT", content: "x", proxied: false }));
    expect(stepsOf(typed)).toEqual(["create-replacement app", "delete-replaced app", "replace app"]);
    const moved = await project.up(program({ zoneId: free, name: "app.example.com" }));
    expect(stepsOf(moved)).toEqual(["create-replacement app", "delete-replaced app", "replace app"]);
    expect(
      world((there) =>
        records(there, free)
          .values()
          .map(({ name }) => name),
      ),
    ).toEqual(["app.example.com.example.org"]);
  });

  test("has a limit per zone, and shows a change by hand", async () => {
    await project.destroy();
    world((there) => {
      for (let index = 0; index < 199; index += 1) {
        records(there, free).set(`${index}`, {
          zoneId: free,
          name: `x${index}.example.org`,
          type: "TXT",
          ttl: 60,
        });
      }
    });
    const program = (count: number) => () => {
      for (let index = 0; index < count; index += 1) {
        record(`n${index}`, { zoneId: free, name: `n${index}.example.org` });
      }
    };
    await project.up(program(1));
    expect(failuresOf(await project.up(program(2)))).toEqual([
      "n1: 400 Bad Request: 81045 Record quota exceeded.",
    ]);
    world((there) => {
      const [id = "", mine] = [...records(there, free)].at(-1) ?? [];
      if (mine) records(there, free).set(id, { ...mine, content: "elsewhere.example.net" });
    });
    const refreshed = await project.refresh();
    expect(refreshed.steps.map(({ op }) => op)).toEqual(["update"]);
    await project.destroy();
    expect(world((there) => records(there, free).size)).toBe(199);
  });
});

describe("a ruleset", () => {
  test("is the only one of its zone and phase, unless it is adopted; its list is authoritative", async () => {
    world((there) => {
      const byHand = { id: "r1", ...sniRule("by-hand", "old.example.com") };
      rulesets(there).set(`${enterprise}/hand`, {
        zoneId: enterprise,
        kind: "zone",
        phase: "http_request_origin",
        name: "default",
        rules: [byHand],
      });
    });
    const second = await project.up(() => {
      ruleset("origin", {});
    });
    expect(failuresOf(second)).toEqual([
      "origin: 400 Bad Request: 20217 exceeded maximum number of zone rulesets for phase http_request_origin",
    ]);
    const rules = [sniRule("by-hand", "old.example.com")];
    const adopted = await project.up(() => {
      ruleset("origin", { rules }, { import: `zones/${enterprise}/hand` });
    });
    expect(stepsOf(adopted)).toEqual(["import origin"]);
    await project.up(() => {
      ruleset("origin", { rules: [sniRule("new", "new.example.com"), ...rules] });
    });
    const kept = world((there) => rulesets(there).get(`${enterprise}/hand`)?.rules ?? []);
    expect(kept.map(({ ref }) => ref)).toEqual(["new", "by-hand"]);
    expect(kept[1]?.id).toBe("r1");
  });

  test("shows rules that were changed by hand", async () => {
    const program = () => {
      ruleset("origin", {});
    };
    await project.up(program);
    world((there) => {
      for (const [key, found] of [...rulesets(there)]) rulesets(there).set(key, { ...found, rules: [] });
    });
    expect(stepsOf(await project.refresh())).toEqual(["update origin"]);
    expect(stepsOf(await project.up(program))).toEqual(["update origin"]);
  });

  test("is refused for what the plan, the phase or the engine's language does not have", async () => {
    await project.destroy();
    const hosts = Array.from({ length: 11 }, (_, index) => `h${index}.example.org`);
    const portRule = (ref: string) => ({
      ref,
      action: "route",
      expression: "true",
      actionParameters: { origin: { port: 8443 } },
    });
    // One phase takes one ruleset, so that only the last of these could stand.
    const refused = {
      action: { rules: [{ action: "rewrite", expression: "true" }] },
      expression: { rules: [{ ...portRule("a"), expression: 'http.host in {"a"' }] },
      long: { rules: [{ ...portRule("a"), expression: `"${"x".repeat(4095)}"` }] },
      plan: { zoneId: free },
      refs: { rules: [portRule("a"), portRule("a")] },
      limit: { zoneId: free, rules: hosts.map(portRule) },
    };
    const run = await project.up(
      () => {
        for (const [name, inputs] of Object.entries(refused)) ruleset(name, inputs);
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      "action: 400 Bad Request: 'rewrite' is not a valid value for action because it cannot be used in the phase http_request_origin",
      'expression: 400 Bad Request: filter parsing error: http.host in {"a"',
      "limit: 400 Bad Request: exceeded maximum number of rules in the phase http_request_origin: 11 out of 10",
      "long: 400 Bad Request: filter expression is 4097 characters long, and 4096 are allowed",
      "plan: 400 Bad Request: not entitled: SNI and host overrides need an Enterprise zone, and this one is on free",
      "refs: 400 Bad Request: two rules have the same ref",
    ]);
    expect(world((there) => rulesets(there).size)).toBe(0);

    world((there) => {
      const zone = zones(there).get(enterprise);
      if (zone) zones(there).set(enterprise, { ...zone, foreignSni: "refused" });
    });
    const foreign = await project.up(() => {
      ruleset("origin", {});
    });
    expect(failuresOf(foreign)).toEqual([
      "origin: 400 Bad Request: SNI override edge.tail1234.ts.net is not a hostname on this account",
    ]);
  });
});

test("a route leads to a script that is there, matches its zone's names, and is the only one of its pattern", async () => {
  await project.destroy();
  const script = (name: string, inputs: object = {}) =>
    resource("cloudflare:index/workersScript:WorkersScript", name, {
      accountId: "a".repeat(32),
      scriptName: name,
      content: "export default {}",
      ...inputs,
    });
  const route = (name: string, inputs: object, dependsOn: pulumi.Resource[] = []) =>
    resource(
      "cloudflare:index/workersRoute:WorkersRoute",
      name,
      { zoneId: enterprise, pattern: "a.example.com/*", script: "edge", ...inputs },
      { dependsOn },
    );
  const subdomain = (scriptName: string, dependsOn: pulumi.Resource[]) =>
    resource(
      "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain",
      `${scriptName}-subdomain`,
      { accountId: "a".repeat(32), scriptName, enabled: false },
      { dependsOn },
    );
  const run = await project.up(
    () => {
      const edge = script("edge");
      const first = route("first", {}, [edge]);
      route("same", {}, [first]);
      route("elsewhere", { pattern: "a.example.net/*" }, [edge]);
      route("scriptless", { pattern: "b.example.com/*", script: "lost" });
      script("stray", { accountId: "nobody" });
      subdomain("lost", []);
      subdomain("edge", [edge]);
    },
    { continueOnError: true },
  );
  expect(failuresOf(run)).toEqual([
    "elsewhere: 400 Bad Request: 10022 route pattern a.example.net/* is not of zone example.com",
    "lost-subdomain: 404 Not Found: 10007 This Worker does not exist on your account: lost",
    "same: 409 Conflict: 10020 A route with the same pattern already exists.",
    "scriptless: 404 Not Found: 10007 This Worker does not exist on your account: lost",
    "stray: 404 Not Found: 7003 Could not route to /accounts/nobody",
  ]);
  expect(stepsOf(await project.destroy())).toEqual(["delete edge", "delete edge-subdomain", "delete first"]);
  expect(world((there) => [workerScripts(there).size, workerSubdomains(there).size])).toEqual([0, 0]);
});

test("a zone is found by its name, an unknown one is not; two failures in a row are tried over", async () => {
  const lookUp = (name: string) => () => {
    const zone = pulumi.runtime.invokeOutput<{ zoneId: string; plan: { legacyId: string } }>(
      "cloudflare:index/getZone:getZone",
      { filter: { name } },
      {},
    );
    return { id: zone.zoneId, plan: zone.plan.legacyId };
  };
  world((there) => {
    injectFault(there, { operation: "cloudflare GET /zones", times: 2, effect: { status: 429 } });
  });
  const before = world(callCounts)["cloudflare GET /zones"] ?? 0;
  const found = await project.up(lookUp("example.org"));
  expect([found.outputs["id"]?.value, found.outputs["plan"]?.value]).toEqual([free, "free"]);
  expect((world(callCounts)["cloudflare GET /zones"] ?? 0) - before).toBe(3);
  const lost = await project.up(lookUp("nowhere.example"));
  expect(lost.errors.join("\n")).toContain(
    "failed to find exactly one result: 0 found (zone nowhere.example)",
  );
});
