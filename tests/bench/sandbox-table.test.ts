import { expect, test } from "vitest";
import { sandboxChart } from "../../bench/sandbox-chart.ts";
import { sandboxPage, type SizeFigures } from "../../bench/sandbox-table.ts";

const calls = { "cloudflare POST /zones/{zone}/dns_records": 1 };

const empty = { preview: 1, up: 2, "no-op up": 3 };

function size(hostnames: number, ozilab: number): SizeFigures {
  const each = (seconds: number) => ({ preview: seconds, up: seconds, "no-op up": seconds });
  return {
    hostnames,
    zones: 1,
    rounds: 3,
    seconds: { ozilab: each(ozilab), flat: each(2) },
    calls: { up: calls, "no-op up": {} },
    flatCalls: calls,
  };
}

function rowsOf(page: string, heading: string): string[] {
  const part = page.split(heading)[1]?.split("\n## ")[0] ?? "";
  return part
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);
}

const page = sandboxPage({
  sizes: [size(1, 2.2), size(11, 3)],
  empty,
  added: [{ hostnames: 11, zones: 1, calls }],
  machine: "2 cores",
});

test("ratios come first, and a missed target is said with its sizes", () => {
  expect(rowsOf(page, "# What the stack costs")).toEqual([
    "| 1 / 1 | 3 | 1.10 | 1.10 | 1.10 |",
    "| 11 / 1 | 3 | 1.50 | 1.50 | 1.50 |",
  ]);
  expect(page).toContain("missed by preview at 11 / 1; up at 11 / 1; no-op up at 11 / 1.");
  expect(sandboxPage({ sizes: [size(1, 2.3)], empty, added: [], machine: "2 cores" })).toContain(
    "at every size: met.",
  );
});

test("seconds end with the empty program", () => {
  expect(rowsOf(page, "## Seconds")).toEqual([
    "| 1 / 1 | 2.20 | 2.00 | 2.20 | 2.00 | 2.20 | 2.00 |",
    "| 11 / 1 | 3.00 | 2.00 | 3.00 | 2.00 | 3.00 | 2.00 |",
    "| empty program | 1.00 |  | 2.00 |  | 3.00 |  |",
  ]);
});

test("growth is milliseconds of each further hostname", () => {
  expect(rowsOf(page, "## Growth")).toEqual(["| 1 / 1 | 11 / 1 | 80.0 | 0.0 | 80.0 | 0.0 | 80.0 | 0.0 |"]);
});

test("calls are told by operation, those of one more hostname last", () => {
  expect(rowsOf(page, "## API calls")).toEqual([
    "| `cloudflare POST /zones/{zone}/dns_records` | 1 | 0 | 1 | 0 | 1 |",
  ]);
  expect(page).toContain("so it was at every size");
  const other = { ...size(1, 2), flatCalls: {} };
  expect(sandboxPage({ sizes: [other], empty, added: [], machine: "" })).toContain("not at every size");
});

test("the chart puts whole decades on both axes and every line on its points", () => {
  const chart = sandboxChart([
    {
      name: "ozilab",
      color: "#123456",
      points: [
        [1, 1],
        [10, 10],
        [100, 100],
      ],
    },
  ]);
  expect(chart.match(/points="[^"]*"/g)).toEqual(['points="56,304 320,166 584,28"']);
  const texts = [...chart.matchAll(/<text[^>]*>([^<]*)/g)].map(([, content]) => content);
  expect(texts).toEqual([..."1 10 100 1 10 100".split(" "), "hostnames", "seconds of a first up", "ozilab"]);
});
