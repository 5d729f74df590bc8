import { expect, test } from "vitest";
import { type SandboxFigures, sandboxPage } from "../../bench/sandbox-page.ts";
import { life, sizeOf } from "./sandbox-sample.ts";

const POST = "cloudflare POST /zones/{zone}/dns_records";
const run = { seconds: 1, calls: {}, changes: [] };

const figures: SandboxFigures = {
  sizes: [
    sizeOf(1, 1, [[2.2, 2]], { ozilab: { [POST]: 1 }, flat: { [POST]: 1 } }),
    sizeOf(
      11,
      1,
      [
        [3, 2],
        [2, 2],
        [4, 2],
      ],
      { ozilab: { [POST]: 11 }, flat: { [POST]: 11 } },
    ),
  ],
  empty: [life(1), life(3)],
  added: [
    {
      size: { hostnames: 11, zones: 1 },
      host: "a.example",
      zone: "example",
      noOp: run,
      up: { ...run, calls: { [POST]: 1 }, changes: ["create DnsRecord a.example"] },
    },
  ],
  deviations: [],
  machine: "2 cores",
  minutes: 14.6,
};

const pageOf = (changed: Partial<SandboxFigures> = {}) => sandboxPage({ ...figures, ...changed });

/** The rows of each table in a part of the page. */
function tablesOf(page: string, heading: string): string[][] {
  const part = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const tables = part
    .trim()
    .split("\n\n")
    .filter((block) => block.startsWith("| "));
  return tables.map((block) => block.split("\n").slice(2));
}

test("shows ratios first, each with its spread and whether the target is met, then seconds", () => {
  const missed = "1.50 (1.00 to 2.00), missed";
  const met = "1.10 (1.10 to 1.10), met";
  expect(tablesOf(pageOf(), "Against the flat program")).toEqual([
    [`| 1 / 1 | 1 | ${met} | ${met} | ${met} |`, `| 11 / 1 | 3 | ${missed} | ${missed} | ${missed} |`],
    [
      "| 1 / 1 | 2.20 | 2.00 | 2.20 | 2.00 | 2.20 | 2.00 |",
      "| 11 / 1 | 3.00 | 2.00 | 3.00 | 2.00 | 3.00 | 2.00 |",
      "| empty program | 2.00 |  | 2.00 |  | 2.00 |  |",
    ],
  ]);
});

test("a ratio over the limit is named with its step and size", () => {
  const verdict = (page: string) => /at every size: (.*)\.\n/.exec(page)?.[1];
  expect(verdict(pageOf())).toBe("missed by preview at 11 / 1; up at 11 / 1; no-op up at 11 / 1");
  expect(verdict(pageOf({ sizes: [sizeOf(1, 1, [[2.3, 2]])] }))).toBe("met");
});

test("shows growth as a factor and as milliseconds for each additional hostname", () => {
  expect(tablesOf(pageOf(), "Growth")).toEqual([
    ["| 1 / 1 | 11 / 1 | × 1.4 | × 1.0 | × 1.4 | × 1.0 | × 1.4 | × 1.0 |"],
    ["| 1 / 1 | 11 / 1 | 80.0 | 0.0 | 80.0 | 0.0 | 80.0 | 0.0 |"],
  ]);
});

test("growth that is faster than linear is named, with what the flat program does", () => {
  const verdict = (ozilab: number, flat: number) => {
    const sizes = [sizeOf(1, 1, [[9, 9]]), sizeOf(10, 1, [[1, 1]]), sizeOf(100, 1, [[ozilab, flat]])];
    return /no faster than linear: (.*)\. Ten/.exec(pageOf({ sizes }))?.[1];
  };
  const missed = (flat: string) =>
    `missed by ${["preview", "up", "no-op up"].map((step) => `${step} from 10 / 1 to 100 / 1 (the flat program ${flat})`).join("; ")}`;
  expect(verdict(10, 11)).toBe("met");
  expect(verdict(10.1, 11)).toBe(missed("too"));
  expect(verdict(10.1, 10)).toBe(missed("not"));
});

test("shows the changes and calls of one more hostname, with every deviation", () => {
  expect(tablesOf(pageOf(), "One more hostname")).toEqual([
    [`| 11 / 1 | \`create DnsRecord a.example\` | \`${POST}\`: 1 |`],
  ]);
  expect(pageOf()).toContain("Deviations: none.\n");
  expect(pageOf({ deviations: ["one", "two"] })).toContain("Deviations: **one; two**.\n");
});

test("lists calls step by step, after those that the flat program does not make", () => {
  expect(tablesOf(pageOf(), "API calls of the ozilab stack")).toEqual([[], [`| \`${POST}\` | 1 | 11 |`], []]);
  expect(pageOf()).toContain("makes the same calls, each as often, at every size.\n");
  const sizes = [sizeOf(1, 1, [[1, 1]], { ozilab: { [POST]: 1 } })];
  expect(pageOf({ sizes })).toContain(`Beyond the flat program's: \`${POST}\` 1 (up, 1 / 1).`);
});

test("states the duration and the machine at the top", () => {
  expect(pageOf()).toContain("the run took 15 minutes on 2 cores.\n");
});
