import { RunError } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { type Fault, UserError, rejectFaults, renderFaults } from "../components/faults.ts";

const FAULT: Fault = { path: "a.b[0]", found: "one", allowed: "two\nor three", mend: "mend it" };

const RENDERED = `  a.b[0]
    found:   one
    allowed: two
             or three
    mend:    mend it`;

describe("renderFaults", () => {
  test("labels each part of a fault and keeps its further lines in their column", () => {
    expect(renderFaults("the file", [FAULT])).toBe(`the file has one fault\n\n${RENDERED}`);
  });

  test("counts several faults and keeps their order", () => {
    const other = { ...FAULT, path: "c" };
    expect(renderFaults("the file", [FAULT, other])).toBe(
      `the file has 2 faults\n\n${RENDERED}\n\n${RENDERED.replace("a.b[0]", "c")}`,
    );
  });
});

describe("UserError", () => {
  test("is an error that Pulumi prints without a stack trace, and keeps its faults", () => {
    const error = new UserError("the file", [FAULT]);
    expect(RunError.isInstance(error)).toBe(true);
    expect(error.message).toBe(renderFaults("the file", [FAULT]));
    expect(error.faults).toEqual([FAULT]);
  });
});

describe("rejectFaults", () => {
  test("lets through what has no fault", () => {
    expect(() => {
      rejectFaults("the file", []);
    }).not.toThrow();
  });

  test("throws all faults at once", () => {
    const faults = [FAULT, { ...FAULT, path: "c" }];
    expect(() => {
      rejectFaults("the file", faults);
    }).toThrow(new UserError("the file", faults));
  });
});
