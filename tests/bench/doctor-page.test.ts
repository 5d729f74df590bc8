import { expect, test } from "vitest";
import { type DoctorRun, median, ratioOf } from "../../bench/doctor-figures.ts";
import { doctorPage } from "../../bench/doctor-page.ts";

const runs = (...milliseconds: readonly number[]): DoctorRun[] =>
  milliseconds.map((time) => ({ milliseconds: time, cpuMilliseconds: time / 2, checks: 34, notOk: [] }));

test("compares medians, so one slow run decides nothing", () => {
  expect(median(runs(1000, 9000, 1200), "milliseconds")).toBe(1200);
  expect(median(runs(1000, 1200), "cpuMilliseconds")).toBe(550);
  expect(ratioOf({ one: runs(1000, 9000, 1200), many: runs(2400, 2400, 60_000) })).toBe(2);
});

test("says of each row whether twenty hostnames take at most three times one", () => {
  const page = doctorPage({
    figures: [
      { roundTrips: { network: 30, api: 80 }, one: runs(1000), many: runs(3000) },
      { roundTrips: { network: 0, api: 0 }, one: runs(1000), many: runs(3010) },
    ],
    machine: "2 cores",
  });
  expect(page.split("\n").filter((line) => line.startsWith("|"))).toEqual([
    "| round trips | 20 ÷ 1 | target (at most 3) | 1 hostname | 20 hostnames | CPU, 1 hostname | CPU, 20 hostnames | checks |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    "| 30 ms DNS, TLS and HTTP; 80 ms APIs | 3.00 | met | 1,000 ms | 3,000 ms | 500 ms | 1,500 ms | 34 and 34 |",
    "| none (loopback) | 3.01 | missed | 1,000 ms | 3,010 ms | 500 ms | 1,505 ms | 34 and 34 |",
  ]);
});
