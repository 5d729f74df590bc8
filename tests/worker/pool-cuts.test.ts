import { test } from "vitest";
import { checkCuts, REGULAR } from "./pool-cuts.ts";

test("after a response cut at any byte, the next visitor of the pool gets its own", async () => {
  await checkCuts(REGULAR);
});
