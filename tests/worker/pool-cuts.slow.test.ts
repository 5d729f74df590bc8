import { test } from "vitest";
import { hostileResponses } from "./hostile-responses.ts";
import { checkCuts } from "./pool-cuts.ts";

test("after a hostile response cut at any byte, the next visitor of the pool gets its own", async () => {
  const small = hostileResponses.filter(({ raw }) => raw.length < 250);
  await checkCuts(small.map(({ raw }) => ({ raw, closes: true })));
});
