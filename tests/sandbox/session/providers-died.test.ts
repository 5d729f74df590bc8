import { expect, test } from "vitest";
import { ProvidersDied } from "../../../sandbox/session/providers-died.ts";

const DIED = [
  "the simulated providers died in the middle of the up",
  "what they had done by then is kept, as is the stack's state: run it again",
];

function message(...underWay: readonly (readonly [op: string, type: string, name: string])[]): string[] {
  return new ProvidersDied({
    operation: "up",
    underWay: underWay.map(([op, type, name]) => ({ op, type, name })),
    world: "/here/world.json",
    log: ["1", "2", "3", "4", "5", "what they said last"],
  }).message.split("\n");
}

const LOG = ["2", "3", "4", "5", "what they said last"];

test("without anything that was being made, it is enough to run again", () => {
  const update = ["update", "kubernetes:core/v1:Secret", "operator-login"] as const;
  const removal = ["delete", "cloudflare:index/dnsRecord:DnsRecord", "app.example.com"] as const;
  expect(message(update, removal)).toEqual([...DIED, ...LOG]);
});

test("what was being made is named, with what to do where it is there already", () => {
  const record = ["create", "cloudflare:index/dnsRecord:DnsRecord", "app.example.com"] as const;
  const rules = ["create", "cloudflare:index/ruleset:Ruleset", "example.com-origin-rules"] as const;
  expect(message(record, rules)).toEqual([
    ...DIED,
    "these were being made, and may be there without the state's knowing: DnsRecord app.example.com, Ruleset example.com-origin-rules",
    "if the next run is told that one exists already, take it out of /here/world.json and run again; a real one is imported (docs/adopting.md)",
    ...LOG,
  ]);
});

test("a credential that is made twice without a word is named", () => {
  const client = ["create-replacement", "tailscale:index/oauthClient:OauthClient", "client"] as const;
  expect(message(client)).toEqual([
    ...DIED,
    "may have been made and is then made once more: OauthClient client; remove the one that nobody uses",
    ...LOG,
  ]);
});
