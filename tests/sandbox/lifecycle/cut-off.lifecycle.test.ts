import fc from "fast-check";
import { FIRST_UP, testCutOffs, THREE_CHANGES } from "./cut-off-sweep.ts";

// The whole sweep takes minutes and runs in `make test-all`. Each everyday run draws other places.
const SEED = Number(process.env["CUT_OFF_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const DRAWN = 2;

console.info(`cut-offs drawn with CUT_OFF_SEED=${SEED}`);

function sample(places: readonly number[]): readonly number[] {
  const size = { minLength: DRAWN, maxLength: DRAWN };
  const [drawn = []] = fc.sample(fc.shuffledSubarray([...places], size), { seed: SEED, numRuns: 1 });
  return drawn;
}

testCutOffs(FIRST_UP, sample);
testCutOffs(THREE_CHANGES, sample);
