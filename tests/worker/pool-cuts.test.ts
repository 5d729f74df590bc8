import { test } from "vitest";

import { REGULAR, checkCuts } from "./pool-cuts.ts";

test("after a response cut at any byte, the next visitor of the pool gets its own", async () => {
  await checkCuts(REGULAR);
});
