import { RunError } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { type ConfigIssue, renderIssues, throwIfAny, UserError } from "../../components/config-issue.ts";

const ISSUE: ConfigIssue = { path: "a.b[0]", found: "one", allowed: "two\nor three", fix: "change it" };

const RENDERED = `  a.b[0]
    found:   one
    allowed: two
             or three
    fix:     change it`;

describe("renderIssues", () => {
  test("labels each field of an issue and aligns its further lines", () => {
    expect(renderIssues("the file", [ISSUE])).toBe(`the file has 1 issue\n\n${RENDERED}`);
  });

  test("counts the issues and keeps their order", () => {
    const other = { ...ISSUE, path: "c" };
    expect(renderIssues("the file", [ISSUE, other])).toBe(
      `the file has 2 issues\n\n${RENDERED}\n\n${RENDERED.replace("a.b[0]", "c")}`,
    );
  });
});

describe("UserError", () => {
  test("is a RunError, which Pulumi prints without a stack trace, and carries its issues", () => {
    const error = new UserError("the file", [ISSUE]);
    expect(RunError.isInstance(error)).toBe(true);
    expect(error.message).toBe(renderIssues("the file", [ISSUE]));
    expect(error.issues).toEqual([ISSUE]);
  });
});

describe("throwIfAny", () => {
  test("does nothing without issues", () => {
    expect(() => {
      throwIfAny("the file", []);
    }).not.toThrow();
  });

  test("throws all issues at once", () => {
    const issues = [ISSUE, { ...ISSUE, path: "c" }];
    expect(() => {
      throwIfAny("the file", issues);
    }).toThrow(new UserError("the file", issues));
  });
});
