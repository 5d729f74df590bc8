import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  EXPRESSION_LIMIT,
  type HostExpression,
  hostExpressions,
} from "../../../components/public-edge/host-expression.ts";
import { hostName, hostsOfOneZone } from "../../support/host-names.ts";

const hostsIn = ({ expression }: HostExpression): readonly string[] => {
  const [, list = ""] = /^http\.host in \{(.*)\}$/.exec(expression) ?? [];
  return list.split(" ").map((quoted) => JSON.parse(quoted) as string);
};
/** Distinct names of a zone that are all of one length. */
const hostsOfLength = (count: number, length: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `-${index}.example.com`.padStart(length, "h"));

// Cloudflare, "Rulesets API: limits": an expression may have 4,096 characters.
test("has Cloudflare's limit", () => {
  expect(EXPRESSION_LIMIT).toBe(4096);
});

test.each<[readonly string[], readonly HostExpression[]]>([
  [[], []],
  [["a.com"], [{ slot: 0, expression: 'http.host in {"a.com"}' }]],
  [["b.a.com", "a.com", "b.a.com"], [{ slot: 0, expression: 'http.host in {"a.com" "b.a.com"}' }]],
])("packs %j into %j", (hosts, expressions) => {
  expect(hostExpressions(hosts)).toEqual(expressions);
});

describe("for any hosts", () => {
  const hosts = fc.array(hostName, { maxLength: 150, size: "max" });

  test("puts each host into exactly one expression, sorted, never empty, within the limit", () => {
    fc.assert(
      fc.property(hosts, (names) => {
        const expressions = hostExpressions(names);
        const sets = expressions.map(hostsIn);
        expect(sets.flat().toSorted()).toEqual([...new Set(names)].toSorted());
        expect(sets).toEqual(sets.map((set) => set.toSorted()));
        expect(expressions.filter(({ expression }) => expression.length > 4096)).toEqual([]);
        expect(sets.filter(({ length }) => length === 0)).toEqual([]);
        const slots = expressions.map(({ slot }) => slot);
        expect(slots).toEqual([...new Set(slots)].toSorted((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  test("ignores their order and duplicates", () => {
    fc.assert(
      fc.property(
        hosts.chain((names) =>
          fc.tuple(
            fc.constant(names),
            fc.shuffledSubarray([...names, ...names], { minLength: names.length * 2 }),
          ),
        ),
        ([names, mixed]) => {
          expect(hostExpressions(mixed)).toEqual(hostExpressions(names));
        },
      ),
      { numRuns: 40 },
    );
  });
});

test.each([
  [10, 1],
  [150, 1],
  [300, 2],
  [1000, 6],
])(
  "changes exactly one of the expressions when one host joins or leaves %i hosts in %i expressions",
  (count, slots) => {
    const hosts = hostsOfOneZone(count);
    const before = hostExpressions(hosts);
    expect(before).toHaveLength(slots);
    for (const name of ["new.example.com", "0.example.com", "zz.example.com", "example.com"]) {
      const after = hostExpressions([...hosts, name]);
      const changed = after.filter(({ expression }, at) => expression !== before[at]?.expression);
      expect(after.map(({ slot }) => slot)).toEqual(before.map(({ slot }) => slot));
      expect(changed.map((one) => hostsIn(one).includes(name))).toEqual([true]);
    }
    const fewer = hostExpressions(hosts.slice(1));
    expect(fewer.filter(({ expression }, at) => expression !== before[at]?.expression)).toHaveLength(1);
  },
);

// Quotas: 10 rules of a kind on Free, 25 on Pro, 300 on Enterprise.
test.each([
  [1000, 25, 8],
  [1000, 30, 10],
  [1000, 40, 13],
])("packs %i hosts of %i characters into %i expressions", (count, length, expressions) => {
  expect(hostExpressions(hostsOfLength(count, length))).toHaveLength(expressions);
});

test("splits names of the greatest length too", () => {
  const sets = hostExpressions(hostsOfLength(40, 253)).map(hostsIn);
  expect(sets.flat()).toHaveLength(40);
  expect(Math.max(...sets.map(({ length }) => length))).toBeLessThanOrEqual(15);
});

test("keeps a condition in each expression, within the limit", () => {
  const expressions = hostExpressions(hostsOfOneZone(1000), "not ssl").map(({ expression }) => expression);
  expect(expressions.length).toBeGreaterThan(1);
  for (const expression of expressions) {
    expect(expression).toMatch(/^not ssl and http\.host in \{"/);
    expect(expression.length).toBeLessThanOrEqual(4096);
  }
});
