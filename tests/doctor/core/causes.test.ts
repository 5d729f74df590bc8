import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { CAUSES } from "../../../doctor/core/causes.ts";

/** Tests that name causes and diagnose none: samples of reports, and what explains a cause. */
const NOT_DIAGNOSED = new Set(["sample-report.ts", "explanations.test.ts", "metrics.test.ts"]);

test("every cause is diagnosed in a test", () => {
  const folder = join(import.meta.dirname, "..");
  const files = globSync("**/*.ts", { cwd: folder }).filter((file) => !NOT_DIAGNOSED.has(basename(file)));
  const tests = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  const isNamed = (cause: string) => new RegExp(`(?<![\\w-])${cause}(?![\\w-])`).test(tests);
  expect(Object.keys(CAUSES).length).toBeGreaterThan(80);
  expect(Object.keys(CAUSES).filter((cause) => !isNamed(cause))).toEqual([]);
});
