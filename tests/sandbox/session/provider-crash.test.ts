import { expect, test } from "vitest";
import { ProviderCrash } from "../../../sandbox/session/provider-crash.ts";

const CRASHED = [
  "the simulated providers crashed during the up",
  "completed calls and the stack's state are kept: run it again",
];

function message(...underWay: readonly (readonly [op: string, type: string, name: string])[]): string[] {
  return new ProviderCrash({
    operation: "up",
    underWay: underWay.map(([op, type, name]) => ({ op, type, name })),
    world: "/here/world.json",
    log: ["1", "2", "3", "4", "5", "the last line"],
  }).message.split("\n");
}

const LOG = ["2", "3", "4", "5", "the last line"];

test("says to run again if no creation was under way", () => {
  const update = ["update", "kubernetes:core/v1:Secret", "operator-login"] as const;
  const removal = ["delete", "cloudflare:index/dnsRecord:DnsRecord", "app.example.com"] as const;
  expect(message(update, removal)).toEqual([...CRASHED, ...LOG]);
});

test("names resources whose creation was under way, and what to do if one exists", () => {
  const record = ["create", "cloudflare:index/dnsRecord:DnsRecord", "app.example.com"] as const;
  const rules = ["create", "edge-rules:index:ZoneRules", "example.com-origin-rules"] as const;
  expect(message(record, rules)).toEqual([
    ...CRASHED,
    "creation was under way, so these may exist without being recorded in the state: DnsRecord app.example.com, ZoneRules example.com-origin-rules",
    "if the next run reports that one already exists, remove it from /here/world.json and run again; import a real one instead (docs/adopting.md)",
    ...LOG,
  ]);
});

test("names credentials that the next run may create twice", () => {
  const client = ["create-replacement", "tailscale:index/oauthClient:OauthClient", "client"] as const;
  expect(message(client)).toEqual([
    ...CRASHED,
    "creation was under way, so the next run may create a duplicate: OauthClient client; remove the unused one",
    ...LOG,
  ]);
});
