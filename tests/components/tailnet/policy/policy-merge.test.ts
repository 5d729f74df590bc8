import fc from "fast-check";
import { visit } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { conflictIssues } from "../../../../components/tailnet/policy/conflicts.ts";
import { parseHuJson } from "../../../../components/tailnet/policy/hujson.ts";
import { missingFrom } from "../../../../components/tailnet/policy/missing.ts";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { deriveRequirements } from "../../../../components/tailnet/policy/requirements.ts";
import type { Topology } from "../../../../components/tailnet/policy/topology.ts";
import { reordered, writtenPolicy } from "./arbitrary-policy.ts";
import { edge, policyFile } from "./sample-topology.ts";

const RUNS = { seed: 20_260_422, numRuns: 300 };

const SOURCE = "base.hujson";

/** Returns the merged text, or the error that rejected the base. */
function merge(topology: Topology, text: string): string | UserError {
  try {
    return buildPolicy(topology, { source: SOURCE, text });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Checks a property of every merge that is not rejected. */
function forAllMerged(check: (merged: string, base: string, topology: Topology) => void) {
  let merges = 0;
  fc.assert(
    fc.property(reordered, writtenPolicy, ([topology], text) => {
      const merged = merge(topology, text);
      if (merged instanceof UserError) return;
      merges += 1;
      check(merged, text, topology);
    }),
    RUNS,
  );
  // With a generator of nothing but conflicts, every one of these tests would pass.
  expect(merges).toBeGreaterThan(RUNS.numRuns / 4);
}

describe("a merged policy", () => {
  test("keeps every entry of the base, in order, before the added ones", () => {
    forAllMerged((merged, base) => {
      expectContained(valueOf(base), valueOf(merged));
    });
  });

  test("has exactly the comments of the base", () => {
    forAllMerged((merged, base) => {
      expect(commentsIn(merged)).toEqual(commentsIn(base));
    });
  });

  test("keeps every byte of the base in order, blanks aside", () => {
    forAllMerged((merged, base) => {
      let from = 0;
      for (const character of base.replaceAll(/[ \t]/g, "")) {
        from = merged.indexOf(character, from) + 1;
        if (from === 0) expect.unreachable(`lost a byte of ${JSON.stringify(base)}`);
      }
    });
  });

  test("meets all requirements and contradicts none", () => {
    forAllMerged((merged, _base, topology) => {
      const file = policyFile(merged);
      const required = deriveRequirements(topology);
      expect(missingFrom(file.document, required)).toEqual({
        tagOwners: {},
        nodeAttrs: [],
        grants: [],
        tests: [],
      });
      expect(conflictIssues(file, required)).toEqual([]);
      expect(() => {
        verifyPolicy(topology, { source: "the live policy", text: merged });
      }).not.toThrow();
    });
  });

  test("is not changed by merging again", () => {
    forAllMerged((merged, _base, topology) => {
      expect(merge(topology, merged)).toBe(merged);
    });
  });
});

test("reordering exposures and their sources changes nothing", () => {
  fc.assert(
    fc.property(reordered, writtenPolicy, ([topology, shuffled], text) => {
      expect(merge(shuffled, text)).toEqual(merge(topology, text));
    }),
    RUNS,
  );
});

test("a rejected policy has contradictions that name both sides, or undefined names", () => {
  let rejections = 0;
  fc.assert(
    fc.property(reordered, writtenPolicy, ([topology], text) => {
      const rejected = merge(topology, text);
      if (!(rejected instanceof UserError)) return;
      rejections += 1;
      for (const { path, found } of rejected.issues) expect(`${path}: ${found}`).toMatch(REJECTION);
    }),
    RUNS,
  );
  expect(rejections).toBeGreaterThan(RUNS.numRuns / 10);
});

const REJECTION = new RegExp(
  [
    String.raw`^base\.hujson: (acls|grants)\[\d\]: .+ → .+, which lets tag:\S+ reach tag:\S+:\d+(, tag:\S+:\d+)*$`,
    String.raw`^base\.hujson: tests\[\d\]\.deny: \S+ must not reach tag:\S+:\d+, but the stack's allowFrom grants .+ → .+ → tcp:\d+.*$`,
    String.raw`^base\.hujson: autogroup:members, but the stack's allowFrom uses autogroup:member$`,
    String.raw`^base\.hujson: tagOwners: no tag:(ci|db), which an allowFrom of the stack names$`,
    String.raw`^base\.hujson: groups: no group:(dev|platform), which an allowFrom of the stack names$`,
  ].join("|"),
);

test("a complete base is returned byte for byte", () => {
  const complete = `// by hand\n${buildPolicy(edge("alice@example.com"))}\n\n`;
  expect(merge(edge("alice@example.com"), complete)).toBe(complete);
});

function commentsIn(text: string): readonly string[] {
  const comments: string[] = [];
  visit(text, {
    onComment: (offset, length) => {
      comments.push(text.slice(offset, offset + length));
    },
  });
  return comments;
}

function valueOf(text: string): unknown {
  const { value, issues } = parseHuJson(text, SOURCE);
  expect(issues).toEqual([]);
  return value;
}

/** Objects have the base's keys first, in order; arrays the base's items first; everything else is equal. */
function expectContained(base: unknown, merged: unknown): void {
  if (Array.isArray(base) && Array.isArray(merged)) {
    expect(merged.slice(0, base.length)).toEqual(base);
  } else if (typeof base === "object" && base !== null) {
    const keys = Object.keys(base);
    expect(Object.keys(merged as object).slice(0, keys.length)).toEqual(keys);
    for (const [key, value] of Object.entries(base)) {
      expectContained(value, (merged as Record<string, unknown>)[key]);
    }
  } else {
    expect(merged).toBe(base);
  }
}
