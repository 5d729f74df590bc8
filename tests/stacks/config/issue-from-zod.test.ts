import { expect, test } from "vitest";
import { z } from "zod";
import { issuesFromZod, settingPath, show, valueAt } from "../../../stacks/config/issue-from-zod.ts";

test.each([
  [[], "tailnet-edge:"],
  [["operator"], "tailnet-edge:operator"],
  [["publicEdge", "hostnames", 1, "via", "cname"], "tailnet-edge:publicEdge.hostnames[1].via.cname"],
])("writes the path %j as in the stack's file", (path, written) => {
  expect(settingPath(path)).toBe(written);
});

test("reads the value at a path, undefined where the path does not exist", () => {
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
  expect(show(value, path)).toBe("a value that is not shown because it may be a secret");
});

test("reports each unknown key separately, and a built-in check with its own message", () => {
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
      found: "an unknown key",
      allowed: "name, other",
      fix: "did you mean name?",
    },
    {
      path: "tailnet-edge:foreign",
      found: "an unknown key",
      allowed: "name, other",
      fix: "remove it, or move it to where it belongs",
    },
  ]);
});

test("hides what looks like a secret in the texts of a rule", () => {
  const params = {
    found: '"tskey-auth-x", which is also a',
    allowed: "one of: a, tskey-auth-x, https://u:p@b, c",
    fix: "rename tskey-auth-x",
  };
  const issue = { code: "custom", path: ["a"], message: "", params } as const;
  expect(issuesFromZod({ ...issue, path: [...issue.path] }, {})).toEqual([
    {
      path: "tailnet-edge:a",
      found: "(hidden) which is also a",
      allowed: "one of: a, (hidden) (hidden) c",
      fix: "rename (hidden)",
    },
  ]);
});
