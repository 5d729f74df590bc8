import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { callCounts, injectFault } from "../../../../sandbox/world/api.ts";
import { cloudflareProject } from "./cloudflare-project.ts";

const { project, free } = await cloudflareProject();

test("a zone is found by its name, and the look-up is retried after two failures", async () => {
  const lookUp = (name: string) => () => {
    const zone = pulumi.runtime.invokeOutput<{ zoneId: string; plan: { legacyId: string } }>(
      "cloudflare:index/getZone:getZone",
      { filter: { name } },
      {},
    );
    return { id: zone.zoneId, plan: zone.plan.legacyId, zone };
  };
  project.withWorld((world) => {
    injectFault(world, { operation: "cloudflare GET /zones", times: 2, effect: { status: 429 } });
  });
  const before = project.withWorld(callCounts)["cloudflare GET /zones"] ?? 0;
  const found = await project.up(lookUp("example.org"));
  expect([found.outputs["id"]?.value, found.outputs["plan"]?.value]).toEqual([free, "free"]);
  expect(found.outputs["zone"]?.value).toMatchObject({ paused: false, status: "active", type: "full" });
  expect((project.withWorld(callCounts)["cloudflare GET /zones"] ?? 0) - before).toBe(3);
  const lost = await project.up(lookUp("nowhere.example"));
  expect(lost.errors.join("\n")).toContain(
    "failed to find exactly one result: 0 found (zone nowhere.example)",
  );
});
