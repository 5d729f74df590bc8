import fc from "fast-check";
import { visit } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { conflictsWith } from "../../../../components/tailnet/policy/conflicts.ts";
import { parseHuJson } from "../../../../components/tailnet/policy/hujson.ts";
import { missingFrom } from "../../../../components/tailnet/policy/missing.ts";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { requirePolicy } from "../../../../components/tailnet/policy/requirements.ts";
import type { Topology } from "../../../../components/tailnet/policy/topology.ts";
import { toldTwice, writtenPolicy } from "./arbitrary-policy.ts";
import { edge, policyFile } from "./sample-topology.ts";

const RUNS = { seed: 20_260_422, numRuns: 300 };

const SOURCE = "base.hujson";

/** The merged text, or the issues that kept it from being merged. */
function merge(topology: Topology, text: string): string | UserError {
  try {
    return buildPolicy(topology, { source: SOURCE, text });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Checks what holds of every merge that is not refused. */
function forAllMerged(check: (merged: string, base: string, topology: Topology) => void) {
  let merges = 0;
  fc.assert(
    fc.property(toldTwice, writtenPolicy, ([topology], text) => {
      const merged = merge(topology, text);
      if (merged instanceof UserError) return;
      merges += 1;
      check(merged, text, topology);
    }),
    RUNS,
  );
  // A generator that only made conflicts would let every one of these tests pass.
  expect(merges).toBeGreaterThan(RUNS.numRuns / 4);
}

describe("a merged policy", () => {
  test("still has every entry of the base, in its order, before what was added", () => {
    forAllMerged((merged, base) => {
      expectContained(valueOf(base), valueOf(merged));
    });
  });

  test("has the comments of the base and no others", () => {
    forAllMerged((merged, base) => {
      expect(commentsIn(merged)).toEqual(commentsIn(base));
    });
  });

  test("still has every byte of the base in its order, blanks aside", () => {
    forAllMerged((merged, base) => {
      let from = 0;
      for (const character of base.replaceAll(/[ \t]/g, "")) {
        from = merged.indexOf(character, from) + 1;
        if (from === 0) expect.unreachable(`lost a byte of ${JSON.stringify(base)}`);
      }
    });
  });

  test("grants all that is required and contradicts none of it", () => {
    forAllMerged((merged, _base, topology) => {
      const file = policyFile(merged);
      const required = requirePolicy(topology);
      expect(missingFrom(file.document, required)).toEqual({
        tagOwners: {},
        nodeAttrs: [],
        grants: [],
        tests: [],
      });
      expect(conflictsWith(file, required)).toEqual([]);
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

test("the order in which exposures and their sources are told changes nothing", () => {
  fc.assert(
    fc.property(toldTwice, writtenPolicy, ([topology, retold], text) => {
      expect(merge(retold, text)).toEqual(merge(topology, text));
    }),
    RUNS,
  );
});

test("a policy that is not merged is refused for contradictions that name both sides, or for undefined names", () => {
  let refusals = 0;
  fc.assert(
    fc.property(toldTwice, writtenPolicy, ([topology], text) => {
      const refused = merge(topology, text);
      if (!(refused instanceof UserError)) return;
      refusals += 1;
      for (const { path, found } of refused.issues) expect(`${path}: ${found}`).toMatch(REFUSAL);
    }),
    RUNS,
  );
  expect(refusals).toBeGreaterThan(RUNS.numRuns / 10);
});

const REFUSAL = new RegExp(
  [
    String.raw`^base\.hujson: (acls|grants)\[\d\]: .+ → .+, which lets tag:\S+ reach tag:\S+:\d+(, tag:\S+:\d+)*$`,
    String.raw`^base\.hujson: tests\[\d\]\.deny: \S+ must not reach tag:\S+:\d+, but the stack's allowFrom opens .+ → .+ → tcp:\d+.*$`,
    String.raw`^base\.hujson: autogroup:members, but the stack's allowFrom has it as autogroup:member$`,
    String.raw`^base\.hujson: tagOwners: no tag:(ci|db), which an allowFrom of the stack lets in$`,
    String.raw`^base\.hujson: groups: no group:(dev|platform), which an allowFrom of the stack lets in$`,
  ].join("|"),
);

test("a base that is already complete is given back to the letter", () => {
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

/** Objects have the base's keys first, in order; arrays the base's items first; all else is the same. */
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
