import { test } from "vitest";
import { checkInterleaving } from "./interleaving.ts";

test("two visitors whose requests interleave never see each other's bytes: 1,000 generated runs", async () => {
  await checkInterleaving(1000);
});
