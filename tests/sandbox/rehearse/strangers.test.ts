import { expect, test } from "vitest";
import { seed } from "../../../sandbox/prerequisites/seed.ts";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { objectKey, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { credentials, devices } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { addStrangers, changedStrangers } from "../../../sandbox/rehearse/strangers.ts";
import { MemoryWorld } from "../../../sandbox/world/world.ts";

test("names what belongs to others and was deleted or changed", () => {
  const world = new MemoryWorld();
  seed(world, { zones: [{ name: "example.com" }] });
  addStrangers(world);
  expect(changedStrangers(world, true)).toEqual([]);

  devices(world).delete("of-others");
  credentials(world).delete("of-others");
  const [[zone] = [""]] = [...zones(world)];
  const record = records(world, zone).get("of-others");
  if (record === undefined) throw new Error("no record of others");
  records(world, zone).set("of-others", { ...record, content: "192.0.2.2" });
  objects(world).delete(objectKey("ConfigMap", "default", "of-others"));
  const changed = ["machine laptop", "OAuth client of others", "record of example.com"];
  expect(changedStrangers(world, true)).toEqual([...changed, "ConfigMap of others"]);
  expect(changedStrangers(world, false)).toEqual(changed);
});
