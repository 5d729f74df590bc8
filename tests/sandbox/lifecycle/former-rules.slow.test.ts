import { afterAll, beforeAll, expect, test } from "vitest";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { toFormerVersion } from "./former-rules.ts";
import { upKeepingRoutes } from "./hostname-routes.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";

const UPDATES = [
  "update ZoneRules example.com-configuration-rules",
  "update ZoneRules example.com-origin-rules",
  "update ZoneRules example.com-redirect-rules",
];

let project: RealProject<OzilabChanges>;

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: [{ name: "example.com" }] },
  });
});

afterAll(async () => {
  await project.remove();
});

const refs = () =>
  project
    .withWorld((world) => rulesets(world).values())
    .flatMap(({ rules }) => rules.map(({ ref }) => ref.replace(/_test[0-9a-f]{8}_/, "_TEST_")))
    .toSorted();

test("a stack of an earlier version is taken over without a moment in which a hostname has no rule", async () => {
  await project.up();
  toFormerVersion(project);
  expect(refs()).toEqual(["tailnet_edge_https_0", "tailnet_edge_sni_0", "tailnet_edge_strict_tls_0"]);
  const preview = await project.run("preview");
  expect([preview.errors, stepsInOrder(preview).toSorted()]).toEqual([[], UPDATES]);
  const steps = await upKeepingRoutes(project);
  expect(steps.toSorted()).toEqual(UPDATES);
  const owned = ["https_0", "sni_0", "strict_tls_0"].map((name) => `tailnet_edge_TEST_${name}`);
  expect([refs(), await project.up()]).toEqual([owned, []]);
});
