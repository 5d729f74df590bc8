import { expect, test, vi } from "vitest";
import { UserError } from "../../../components/config-issue.ts";
import { lookUpZones } from "../../../components/public-edge/zone.ts";

vi.mock("@pulumi/cloudflare/getZone.js", () => ({
  getZone: ({ filter: { name } }: { filter: { name: string } }) =>
    name === "b.example"
      ? Promise.resolve({})
      : Promise.reject(new Error("failed to find exactly one result: 0 found")),
}));

test("reports every zone whose lookup fails, each with the provider's message", async () => {
  const error: unknown = await lookUpZones(["c.example", "b.example", "a.example"]).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw error;
  expect(error.issues).toEqual(
    ["a.example", "c.example"].map((name) => ({
      path: `zone ${name}`,
      found: "a failed lookup: failed to find exactly one result: 0 found",
      allowed: "the name of exactly one zone that the Cloudflare API token can read",
      fix: "check the name in publicEdge.zones, and that the token has the permission Zone Read for this zone",
    })),
  );
});
