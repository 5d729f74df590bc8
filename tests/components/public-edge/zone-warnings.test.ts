import { expect, test } from "vitest";
import { zoneDemand } from "../../../components/public-edge/zone-demand.ts";
import { zoneWarnings } from "../../../components/public-edge/zone-warnings.ts";
import type { Zone } from "../../../components/public-edge/zone.ts";

const warningsOf = (zone: Partial<Zone>, ...hosts: readonly string[]) =>
  zoneWarnings(
    zoneDemand(
      { name: "example.com", id: "1", accountId: "a", plan: "enterprise", ...zone },
      hosts.map((host) => ({ host, zone: "example.com", via: "origin-rule" })),
    ),
  ).map((warning) => warning.split("\n"));

test.each<Partial<Zone>>([
  {},
  { paused: false, status: "active", type: "full" },
  // Nobody answers in the offline plan.
  { id: undefined, plan: undefined },
])("a zone that is served has no warning: %j", (zone) => {
  expect(warningsOf(zone, "example.com", "app.example.com")).toEqual([]);
});

test("warns of a paused zone, an inactive one and a partial one, and says what to do", () => {
  expect(warningsOf({ paused: true }, "app.example.com")).toEqual([
    [
      "zone example.com is paused: Cloudflare resolves its names, but applies no rule and no Worker, so no hostname works",
      "resume it in the Cloudflare dashboard",
    ],
  ]);
  expect(warningsOf({ status: "pending" }, "app.example.com")).toEqual([
    [
      'zone example.com has the status "pending", not "active": Cloudflare does not serve its hostnames yet',
      "set the nameservers that the Cloudflare dashboard shows at the domain's registrar",
    ],
  ]);
  expect(warningsOf({ type: "partial" }, "app.example.com")).toEqual([
    [
      "zone example.com is partial: its DNS is hosted elsewhere, where the stack creates no record",
      "there, add a CNAME from each hostname to <hostname>.cdn.cloudflare.net",
    ],
  ]);
});

test("warns of names that Universal SSL does not cover, on every plan and offline", () => {
  const hosts = ["example.com", "app.example.com", "a.b.example.com", "x.y.z.example.com"];
  const warning = [
    "Universal SSL covers example.com and one label below it, not a.b.example.com, x.y.z.example.com: browsers show a TLS error",
    "order an advanced certificate for these names, enable Total TLS, or ignore this if you have done so",
  ];
  expect(warningsOf({}, ...hosts)).toEqual([warning]);
  expect(warningsOf({ id: undefined, plan: undefined }, ...hosts)).toEqual([warning]);
  expect(warningsOf({ type: "partial" }, ...hosts)).toHaveLength(1);
});
