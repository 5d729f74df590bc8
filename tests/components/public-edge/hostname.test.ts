import fc from "fast-check";
import { expect, test } from "vitest";
import { zoneOf } from "../../../components/public-edge/hostname.ts";
import { hostName, label } from "../../support/host-names.ts";

test.each([
  ["app.example.com", "example.com"],
  ["example.com", "example.com"],
  ["a.shop.example.com", "shop.example.com"],
  ["shop.example.com", "shop.example.com"],
  ["myshop.example.com", "example.com"],
  ["notexample.com", undefined],
  ["example.com.evil.org", undefined],
  ["com", undefined],
])("finds %s in zone %s", (host, zone) => {
  const zones = ["example.com", "shop.example.com", "example.org"];
  expect([zoneOf(host, zones), zoneOf(host, zones.toReversed())]).toEqual([zone, zone]);
});

test("finds no zone in an empty list", () => {
  expect(zoneOf("example.com", [])).toBeUndefined();
});

test("finds the longest of nested zones in any order, also for a zone's apex", () => {
  fc.assert(
    fc.property(hostName, fc.array(label, { minLength: 1, maxLength: 4 }), fc.nat(3), (apex, labels, at) => {
      const nested = labels.reduce((zones, next) => [`${next}.${zones[0] ?? ""}`, ...zones], [apex]);
      const zone = nested[at % nested.length] ?? apex;
      const declared = nested.slice(nested.indexOf(zone));
      for (const zones of [declared, declared.toReversed()]) {
        expect([zoneOf(zone, zones), zoneOf(`x.${zone}`, zones)]).toEqual([zone, zone]);
      }
    }),
  );
});

test("does not match a zone that is only a suffix of a label", () => {
  fc.assert(fc.property(hostName, label, (zone, prefix) => zoneOf(`${prefix}${zone}`, [zone]) === undefined));
});
