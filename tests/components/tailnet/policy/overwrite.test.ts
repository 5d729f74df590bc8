import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { checksum, markPolicy } from "../../../../components/tailnet/policy/mark.ts";
import { checkOverwrite, type PolicyWrite } from "../../../../components/tailnet/policy/overwrite.ts";

const grant = (src: string) => `{"src": ["${src}"], "dst": ["tag:x"], "ip": ["22"]}`;
const policy = (...sources: readonly string[]) => `{\n\t"grants": [${sources.map(grant).join(", ")}]\n}\n`;

/** What `checkOverwrite` finds in a live policy; undefined if the policy may be replaced. */
function found(live: string, write: Partial<PolicyWrite> & Pick<PolicyWrite, "text">): string | undefined {
  try {
    checkOverwrite(live, { stack: "ozilab", ...write });
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.issues.map((issue) => issue.found).join("\n");
  }
}

describe("an edited policy", () => {
  const edited = markPolicy(policy("a@b.c"), "ozilab").replace("a@b.c", "d@b.c");

  test("is replaced by a policy that starts from it, whatever the stack adds", () => {
    const text = policy("d@b.c", "e@b.c");
    const added = "added: grants: e@b.c → tag:x on 22";
    expect(found(edited, { text })).toContain(added);
    expect(found(edited, { text, base: { source: "base", text: policy("a@b.c") } })).toContain(added);
    expect(found(edited, { text, base: { source: "base", text: edited } })).toBeUndefined();
  });

  test("is replaced only with its own checksum", () => {
    const text = policy("a@b.c");
    expect(found(edited, { text, accepted: checksum(edited) })).toBeUndefined();
    expect(found(edited, { text, accepted: checksum(text) })).toBe(
      [
        `a policy that was changed after this stack wrote it (${checksum(edited)})`,
        `tailnet.replacePolicy is ${checksum(text)}: it was given for another policy`,
        "lost: grants: d@b.c → tag:x on 22",
        "added: grants: a@b.c → tag:x on 22",
      ].join("\n"),
    );
  });
});

test("a policy that cannot be compared counts as lost", () => {
  expect(found('{"grants": [], "Grants": []}', { text: policy() })).toMatch(
    /^lost: all of it, because of the live policy/m,
  );
});

test("at most 40 entries are listed, and the rest are counted", () => {
  const many = policy(...Array.from({ length: 42 }, (_, index) => `u${index}@b.c`));
  const lines = found(many, { text: policy() })?.split("\n") ?? [];
  expect([lines.length, lines.at(-2), lines.at(-1)]).toEqual([
    42,
    "lost: grants: u39@b.c → tag:x on 22",
    "and 2 more",
  ]);
});
