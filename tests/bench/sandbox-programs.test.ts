import { expect, test } from "vitest";
import { nextHostname, zonesOf } from "../../bench/sandbox-programs.ts";

test("distributes hostnames over the zones in turn, and keeps zones without one", () => {
  expect(zonesOf({ hostnames: 3, zones: 2 })).toEqual([
    { name: "zone0.example", hosts: ["app0.zone0.example", "app1.zone0.example"] },
    { name: "zone1.example", hosts: ["app0.zone1.example"] },
  ]);
  const zones = zonesOf({ hostnames: 10, zones: 20 });
  expect(zones.map(({ hosts }) => hosts.length)).toEqual([
    ...Array.from({ length: 10 }, () => 1),
    ...Array.from({ length: 10 }, () => 0),
  ]);
});

test.each([
  { hostnames: 1000, zones: 1 },
  { hostnames: 1000, zones: 20 },
])("the next hostname is all that $hostnames + 1 in $zones zones have more", (size) => {
  const hosts = (hostnames: number) =>
    zonesOf({ ...size, hostnames }).flatMap(({ name, hosts }) => hosts.map((host) => ({ host, zone: name })));
  const before = new Set(hosts(size.hostnames).map(({ host }) => host));
  expect(before.size).toBe(1000);
  expect(hosts(1001).filter(({ host }) => !before.has(host))).toEqual([nextHostname(size)]);
});
