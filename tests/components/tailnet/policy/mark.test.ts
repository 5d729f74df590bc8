import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checksum,
  isSamePolicy,
  markPolicy,
  readMark,
  withoutMark,
} from "../../../../components/tailnet/policy/mark.ts";

const POLICY = '{\n\t// Ours.\n\t"grants": [],\n}\n';

test("a mark names the stack and is intact until anything but white space changes", () => {
  const marked = markPolicy(POLICY, "ozilab");
  expect(readMark(marked)).toEqual({ stack: "ozilab", isIntact: true });
  expect(readMark(marked.replaceAll("\n", "\r\n"))).toEqual({ stack: "ozilab", isIntact: true });
  expect(readMark(marked.replace("Ours", "Mine"))).toEqual({ stack: "ozilab", isIntact: false });
  expect(readMark(`${marked}// end\n`)).toEqual({ stack: "ozilab", isIntact: false });
  expect(readMark(POLICY)).toBeUndefined();
});

test("a policy has one mark, on its first line, and keeps every other byte", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const body = withoutMark(text);
      const marked = markPolicy(body, "a");
      expect(withoutMark(marked)).toBe(body);
      expect(markPolicy(marked, "a")).toBe(marked);
      expect(readMark(marked)?.isIntact).toBe(true);
    }),
  );
  const two = `${markPolicy(POLICY, "a")}${markPolicy(POLICY, "b")}`;
  expect(readMark(two)?.isIntact).toBe(false);
  expect(withoutMark(two)).toBe(POLICY + POLICY);
});

test("a mark with a replaced policy is another text for the same policy", () => {
  const [plain, replacing] = [markPolicy(POLICY, "a"), markPolicy(POLICY, "a", checksum("{}"))];
  expect(replacing).toContain(`, replacing ${checksum("{}")}.`);
  expect(readMark(replacing)).toEqual({ stack: "a", isIntact: true });
  expect([isSamePolicy(plain, replacing), plain === replacing]).toEqual([true, false]);
});
