import { expect, test } from "vitest";
import { hops } from "../../../components/public-edge/hops.ts";
import { UNKNOWN } from "../../../plan/recording/decode.ts";
import { hopTables } from "../../../plan/report/hop-tables.ts";

const EXPECTED = "ozilab-edge.tail1234.ts.net";
const HOSTNAMES = {
  "app.example.com": { zone: "example.com", via: "origin-rule" },
  "old.example.com": { zone: "example.com", via: { cname: "id.cfargotunnel.com" } },
} as const;

/** The texts of a table's cells, row by row. */
const cells = (table: string) =>
  table
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const expected = (host: keyof typeof HOSTNAMES, funnel: string) => [
  ["Hop", host],
  ...hops({ host, ...HOSTNAMES[host] }, funnel).map(({ hop, expect: value }) => [hop, value]),
];

test("renders a table for each hostname with the Funnel's assigned name", () => {
  const actual = "ozilab-edge-1.tail1234.ts.net";
  const tables = hopTables({ funnel: { expected: EXPECTED, actual }, hostnames: HOSTNAMES });
  expect(tables.map(cells)).toEqual([
    expected("app.example.com", actual),
    expected("old.example.com", actual),
  ]);
});

test("uses the requested name while the assigned name is unknown, and says so", () => {
  const [note, ...tables] = hopTables({
    funnel: { expected: EXPECTED, actual: UNKNOWN },
    hostnames: HOSTNAMES,
  });
  expect(note).toBe(
    `${EXPECTED} is the requested name; the assigned name is read from the Ingress's status after the first update.`,
  );
  expect(tables.map(cells)).toEqual([
    expected("app.example.com", EXPECTED),
    expected("old.example.com", EXPECTED),
  ]);
});

test("renders no tables without a public edge", () => {
  expect(hopTables({ hostnames: {} })).toEqual([]);
});
