import { expect, test } from "vitest";
import { z } from "zod";
import { issuesFromZod, settingPath, show, valueAt } from "../../../stacks/config/issue-from-zod.ts";

test.each([
  [[], "tailnet-edge:"],
  [["operator"], "tailnet-edge:operator"],
  [["publicEdge", "hostnames", 1, "via", "cname"], "tailnet-edge:publicEdge.hostnames[1].via.cname"],
])("the path %j is written as in the stack's file", (path, written) => {
  expect(settingPath(path)).toBe(written);
});

test("what stands at a path; undefined where it leads nowhere", () => {
  const config = { a: [{ b: 1 }], c: null };
  expect(
    [["a", 0, "b"], ["a", 1, "b"], ["c", "d"], ["a", 0, "b", "e"], []].map((path) => valueAt(config, path)),
  ).toEqual([1, undefined, undefined, undefined, config]);
});

test.each([
  [undefined, "nothing"],
  [null, "null"],
  ["a\nb", '"a\\nb"'],
  [{ host: "a" }, '{"host":"a"}'],
])("shows %j as %s", (value, shown) => {
  expect(show(value, ["operator"])).toBe(shown);
});

test.each([
  ["x", ["operator", "clientSecret"]],
  ["x", ["apiKey"]],
  ["x", ["Token"]],
  ["a tskey-auth-x b", ["operator", "hostname"]],
  [[{ deep: { password: "x" } }], ["operator"]],
])("does not show %j at %j", (value, path) => {
  expect(show(value, path)).toBe("a value that is not shown here, as it may be a secret");
});

test("tells each unknown key apart, and what a rule of a library's own says in that library's words", () => {
  const schema = z.strictObject(
    { name: z.email("an e-mail address").optional() },
    { error: () => "name, other" },
  );
  const config = { name: "x", nmae: 1, foreign: 2 };
  const issues = schema.safeParse(config).error?.issues ?? [];
  expect(issues.flatMap((issue) => issuesFromZod(issue, config))).toEqual([
    {
      path: "tailnet-edge:name",
      found: '"x"',
      allowed: "an e-mail address",
      fix: "choose one of these forms",
    },
    {
      path: "tailnet-edge:nmae",
      found: "a key that nothing reads",
      allowed: "name, other",
      fix: "did you mean name?",
    },
    {
      path: "tailnet-edge:foreign",
      found: "a key that nothing reads",
      allowed: "name, other",
      fix: "take it out, or move it to where it belongs",
    },
  ]);
});
