import { expect, test } from "vitest";
import { configSchema } from "../../../../stacks/config/config-schema.ts";
import { issuesFromZod } from "../../../../stacks/config/issue-from-zod.ts";

const edge = (zones: unknown, hostnames: unknown) => ({ publicEdge: { zones, hostnames } });

/** The paths of the issues that rules report, not fields. */
const ruleIssues = (config: unknown) =>
  (configSchema.safeParse(config).error?.issues ?? [])
    .filter((issue) => issue.code === "custom" && issue.params?.["found"] !== undefined)
    .flatMap((issue) => issuesFromZod(issue, config))
    .map(({ path }) => path);

test.each([undefined, null, 7, "x", [], {}, { publicEdge: [] }, { operator: "x" }, edge("a.com", "a.com")])(
  "no rule reports %j, which the fields report",
  (config) => {
    expect(ruleIssues(config)).toEqual([]);
  },
);

test("ignores invalid hostnames and zones, and keeps the index of the others", () => {
  expect(
    ruleIssues(
      edge(["a.com", "b.com"], ["*.a.com", 7, { hots: "x" }, "x.c.com", "y.a.com", "*.a.com", "y.a.com"]),
    ),
  ).toEqual(["tailnet-edge:publicEdge.hostnames[6]", "tailnet-edge:publicEdge.hostnames[3]"]);
});

test("reports no hostname as outside the zones while a zone is invalid", () => {
  expect(ruleIssues(edge(["a.com", "c.com."], ["x.c.com", "x.c.com"]))).toEqual([
    "tailnet-edge:publicEdge.hostnames[1]",
  ]);
});

test("applies defaults: proxies must not have the operator's default tag", () => {
  expect(ruleIssues({ operator: { proxyTags: ["tag:k8s-operator"] } })).toEqual([
    "tailnet-edge:operator.proxyTags",
  ]);
  expect(ruleIssues({ operator: { tag: "tag:k8s" } })).toEqual(["tailnet-edge:operator.proxyTags"]);
});
