import { expect, test } from "vitest";
import { differenceLine, differences, isCovered } from "../../adopt/differences.ts";
import { SECRET, UNKNOWN } from "../../plan/recording/decode.ts";

const lines = (wanted: unknown, live: unknown) => differences(wanted, live).map(differenceLine);

test("names each field that is added or changed, and no other field of the live object", () => {
  const wanted = {
    spec: { tls: [{ hosts: ["edge"] }], type: "LoadBalancer" },
    metadata: { labels: { "a/b": "x" } },
  };
  const live = { spec: { tls: [{ hosts: ["old"] }], type: "ClusterIP", other: 1 }, metadata: {}, status: {} };
  expect(lines(wanted, live)).toEqual([
    'spec.tls[0].hosts[0]: "old" -> "edge"',
    'spec.type: "ClusterIP" -> "LoadBalancer"',
    'metadata.labels["a/b"]: nothing -> "x"',
  ]);
});

test("compares lists of different length as a whole", () => {
  expect(lines({ hosts: ["a", "b"] }, { hosts: ["a"] })).toEqual(['hosts: ["a"] -> ["a","b"]']);
});

test("never compares or prints secrets and values that are not known yet", () => {
  const wanted = { data: SECRET, content: UNKNOWN, name: `x-${UNKNOWN}` };
  expect(lines(wanted, { data: { key: "c2VjcmV0" }, content: "old", name: "y" })).toEqual([]);
  expect(lines({ routes: [SECRET] }, { routes: ["live secret", "other"] })).toEqual([
    "routes: changes, and holds a secret",
  ]);
});

test("covers a path and what is below it", () => {
  expect(["spec.tls", "spec.tls[0]", "spec.tls.x"].map((path) => isCovered(path, ["spec.tls"]))).toEqual([
    true,
    true,
    true,
  ]);
  expect(isCovered("spec.tlsOther", ["spec.tls"])).toBe(false);
});
