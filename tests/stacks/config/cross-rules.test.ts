import { expect, test } from "vitest";
import { crossIssues } from "../../../stacks/config/cross-rules.ts";

const edge = (zones: unknown, hostnames: unknown) => ({ publicEdge: { zones, hostnames } });
const paths = (config: unknown) => crossIssues(config).map(({ path }) => path);

test.each([undefined, null, 7, "x", [], {}, { publicEdge: [] }, { operator: "x" }, edge("a.com", "a.com")])(
  "says nothing of %j, which is faulty by itself",
  (config) => {
    expect(crossIssues(config)).toEqual([]);
  },
);

test("leaves hostnames and zones that are faulty by themselves to the schema, and keeps their places", () => {
  expect(
    paths(
      edge(["a.com", "b.com"], ["*.a.com", 7, { hots: "x" }, "x.c.com", "y.a.com", "*.a.com", "y.a.com"]),
    ),
  ).toEqual(["tailnet-edge:publicEdge.hostnames[3]", "tailnet-edge:publicEdge.hostnames[6]"]);
});

test("says of no hostname that it is in no zone while a zone is faulty: it may be meant for that one", () => {
  expect(paths(edge(["a.com", "c.com."], ["x.c.com", "x.c.com"]))).toEqual([
    "tailnet-edge:publicEdge.hostnames[1]",
  ]);
});

test("takes a default for what it is: proxies must not carry the operator's tag where that is not given", () => {
  expect(paths({ operator: { proxyTags: ["tag:k8s-operator"] } })).toEqual([
    "tailnet-edge:operator.proxyTags",
  ]);
  expect(paths({ operator: { tag: "tag:k8s" } })).toEqual(["tailnet-edge:operator.proxyTags"]);
});
