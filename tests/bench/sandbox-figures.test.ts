import { expect, test } from "vitest";
import {
  callsBeyond,
  factor,
  growths,
  marginal,
  ratio,
  seconds,
  spread,
} from "../../bench/sandbox-figures.ts";
import { sizeOf } from "./sandbox-sample.ts";

test("a spread sorts numbers as numbers, and an even count has its median between two", () => {
  expect(spread([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spread([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test("a ratio is of two runs of one round, so that a machine that slows down is not in it", () => {
  const slowing = sizeOf(1, 1, [
    [1.1, 1],
    [2.4, 2],
    [39, 30],
  ]);
  const { median, min, max } = ratio(slowing, "up");
  expect([median, min, max].map((value) => Number(value.toFixed(6)))).toEqual([1.2, 1.1, 1.3]);
  // The ratio of medians would put one round's figure over another's.
  const crossed = sizeOf(1, 1, [
    [1, 2],
    [2, 1],
    [3, 3],
  ]);
  expect(ratio(crossed, "preview")).toEqual({ median: 1, min: 0.5, max: 2 });
  expect(seconds(crossed, "ozilab", "preview")).toBe(2);
});

test("growth is from one size to the next of as many zones", () => {
  const [one, ten, spreadOut, hundred] = [
    sizeOf(1, 1, [[1, 1]]),
    sizeOf(10, 1, [[1.9, 2]]),
    sizeOf(10, 20, [[5, 5]]),
    sizeOf(100, 1, [[19, 40]]),
  ];
  const found = growths([one, ten, spreadOut, hundred]);
  expect(found).toEqual([
    { from: one, to: ten },
    { from: ten, to: hundred },
  ]);
  const [first, last] = found;
  expect(first && marginal(first, "ozilab", "up")).toBeCloseTo(0.1, 9);
  expect(last && marginal(last, "ozilab", "up")).toBeCloseTo(0.19, 9);
  expect(last && factor(last, "ozilab", "up")).toBeCloseTo(10, 9);
  expect(last && factor(last, "flat", "up")).toBe(20);
});

test("counts additional calls by operation: fewer as negative, equal ones left out", () => {
  expect(callsBeyond({ a: 3, same: 1, more: 5 }, { b: 2, same: 1, more: 4 })).toEqual({
    a: 3,
    b: -2,
    more: 1,
  });
});
