import { describe, expect, test } from "vitest";
import { compareRecord, compareRoute, compareWorker } from "../../adopt/cloudflare.ts";
import { compareZoneRules } from "../../adopt/zone-rules.ts";
import { SECRET, UNKNOWN } from "../../plan/recording/decode.ts";
import { ownerOf } from "../../providers/edge-rules/owner.ts";
import type { LiveRule } from "../../providers/edge-rules/rule.ts";
import { wanted } from "./wanted-resource.ts";

describe("a record", () => {
  const resource = wanted("cloudflare:index/dnsRecord:DnsRecord", {
    name: "app.example.com",
    type: "CNAME",
    content: "edge.ts.net",
    proxied: true,
    ttl: 1,
  });
  const cname = { id: "r1", type: "CNAME", content: "edge.ts.net", proxied: true, ttl: 1 };

  test("of the same type is taken over, with its changes", () => {
    expect(compareRecord(resource, "z", [cname])).toMatchObject({
      kind: "existing",
      importId: "z/r1",
      changes: [],
    });
    expect(
      compareRecord(resource, "z", [{ ...cname, content: "tunnel", proxied: false, ttl: 300 }]),
    ).toMatchObject({
      changes: ['content: "tunnel" -> "edge.ts.net"', "proxied: false -> true", "ttl: 300 -> 1"],
    });
  });

  test("of another address type is a conflict; other types are none", () => {
    expect(compareRecord(resource, "z", [{ id: "a1", type: "A", content: "192.0.2.1" }])).toMatchObject({
      kind: "conflict",
      issue: { found: "A 192.0.2.1 (ID a1)" },
    });
    expect(compareRecord(resource, "z", [{ id: "t", type: "TXT", content: "x" }])).toMatchObject({
      kind: "missing",
    });
  });
});

test("a Worker and its route are taken over by their names", () => {
  const script = wanted("cloudflare:index/workersScript:WorkersScript", { scriptName: "edge" });
  expect(compareWorker(script, "acc", ["other"])).toMatchObject({ kind: "missing" });
  expect(compareWorker(script, "acc", ["edge"])).toMatchObject({ kind: "existing", importId: "acc/edge" });
  const route = wanted("cloudflare:index/workersRoute:WorkersRoute", {
    pattern: "app.example.com/*",
    script: "edge",
  });
  expect(compareRoute(route, "z", [{ id: "1", pattern: "other/*" }])).toMatchObject({ kind: "missing" });
  expect(compareRoute(route, "z", [{ id: "2", pattern: "app.example.com/*", script: "old" }])).toMatchObject({
    kind: "existing",
    importId: "z/2",
    changes: ['script: "old" -> "edge"'],
  });
});

describe("rules", () => {
  const place = { project: "tailnet-edge", stack: "one", zoneId: "z", zone: "example.com" };
  const sni = {
    action: "route",
    expression: 'http.host in {"app.example.com"}',
    actionParameters: { sni: { value: UNKNOWN } },
    description: "SNI",
  };
  const resource = wanted("edge-rules:index:ZoneRules", {
    phase: "http_request_origin",
    rules: { sni_0: sni },
  });
  const rule = (changes: Partial<LiveRule>): LiveRule => ({
    id: "1",
    ref: "1",
    action: "route",
    expression: 'http.host eq "app.example.com"',
    action_parameters: { sni: { value: "other" } },
    description: "theirs",
    enabled: true,
    ...changes,
  });
  const compare = (...live: readonly LiveRule[]) => compareZoneRules(resource, place, live);

  test("of others are a conflict only if they set the same field for the same host", () => {
    expect(compare(rule({}))).toMatchObject({
      kind: "conflict",
      issue: { found: 'rules of others\n"theirs" sets sni for app.example.com' },
    });
    expect(compare(rule({ expression: 'http.host eq "shop.example.com"' }))).toMatchObject({
      kind: "missing",
    });
    expect(compare(rule({ action_parameters: { origin: { port: 8443 } } }))).toMatchObject({
      kind: "missing",
    });
    expect(compare(rule({ enabled: false }))).toMatchObject({ kind: "missing" });
  });

  test("of the stack are imported, with their changes", () => {
    const own = rule({ ref: `${ownerOf(place)}_sni_0`, expression: sni.expression, description: "SNI" });
    expect(compare(own)).toMatchObject({ kind: "existing", importId: "z/http_request_origin", changes: [] });
    const old = rule({ id: "2", ref: `${ownerOf(place)}_sni_1`, description: "old" });
    expect(compare({ ...own, enabled: false }, old)).toMatchObject({
      changes: ['"SNI": enabled: false -> true', 'removed: "old"'],
    });
  });

  test("of the stack that somebody edited are listed with each field, without what is unknown or secret", () => {
    const lock = { operation: "set", value: SECRET };
    const edited = wanted("edge-rules:index:ZoneRules", {
      phase: "http_config_settings",
      rules: {
        ssl_0: { ...sni, actionParameters: { ssl: "strict" }, description: "TLS" },
        lock_0: { ...sni, actionParameters: { headers: { lock } }, description: "lock" },
        sni_0: sni,
      },
    });
    const own = (name: string, changes: Partial<LiveRule>) =>
      rule({ ref: `${ownerOf(place)}_${name}`, expression: sni.expression, ...changes });
    const found = compareZoneRules(edited, place, [
      own("ssl_0", {
        description: "TLS",
        expression: "true",
        action_parameters: { ssl: "flexible", polish: "lossy" },
      }),
      own("lock_0", {
        description: "lock",
        action_parameters: { headers: { lock: { operation: "add", value: "old secret" } } },
      }),
      own("sni_0", { description: "SNI" }),
    ]);
    expect(found).toMatchObject({
      kind: "existing",
      changes: [
        '"TLS": expression: "true" -> "http.host in {\\"app.example.com\\"}"',
        '"TLS": actionParameters.ssl: "flexible" -> "strict"',
        '"TLS": actionParameters.polish: removed',
        '"lock": actionParameters.headers.lock.operation: "add" -> "set"',
      ],
    });
  });
});
