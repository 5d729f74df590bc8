import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Report, withProgress } from "../../tools/progress.ts";

let report: Report;
let finish: () => void;
let fail: (error: Error) => void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

function start(isTTY: boolean): { readonly written: string[]; readonly step: Promise<void> } {
  const written: string[] = [];
  const output = { isTTY, write: (text: string) => written.push(text) };
  const work = async (toReport: Report) => {
    report = toReport;
    await new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
  };
  return { written, step: withProgress("Building it", work, output) };
}

test("prints whole lines at long intervals if the output is not a terminal", async () => {
  const { written, step } = start(false);
  await vi.advanceTimersByTimeAsync(600);
  report("12 of 40 packages");
  await vi.advanceTimersByTimeAsync(21_000);
  finish();
  await step;
  expect(written).toEqual([
    "Building it: running, 1 s\n",
    "Building it: 12 of 40 packages, 11 s\n",
    "Building it: 12 of 40 packages, 21 s\n",
    "Building it: done, 22 s\n",
  ]);
});

test("rewrites one line each second on a terminal", async () => {
  const { written, step } = start(true);
  await vi.advanceTimersByTimeAsync(600);
  report("12 of 40 packages");
  await vi.advanceTimersByTimeAsync(1_000);
  finish();
  await step;
  expect(written).toEqual([
    "\r\u001B[KBuilding it: running, 1 s",
    "\r\u001B[KBuilding it: 12 of 40 packages, 2 s",
    "\r\u001B[KBuilding it: done, 2 s\n",
  ]);
});

test("says that a step failed, and passes its error on", async () => {
  const { written, step } = start(false);
  const outcome = step.catch((error: unknown) => (error as Error).message);
  await vi.advanceTimersByTimeAsync(1_000);
  fail(new Error("no space left"));
  expect(await outcome).toBe("no space left");
  expect(written.at(-1)).toBe("Building it: failed, 1 s\n");
});

test("prints nothing for a short step", async () => {
  const { written, step } = start(false);
  finish();
  await step;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(written).toEqual([]);
});
