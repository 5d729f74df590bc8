import { output } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { chartValues, type ChartValuesArgs } from "../../../components/operator/chart-values.ts";
import { contradictions, mergeValues } from "../../../components/operator/extra-values.ts";
import { ownValues } from "../../../components/operator/own-values.ts";

const SETTINGS = {
  hostname: "edge-operator",
  operatorTag: "tag:op",
  proxyTags: ["tag:a", "tag:b"],
  priorityClass: "critical",
  registry: "mirror.example.com",
  pullSecrets: ["mirror"],
  proxyClass: "small",
  credentialFingerprint: "f",
  secretName: "other",
} satisfies ChartValuesArgs;

/** The path of every value that is no map. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]));
}

function nested([key = "", ...rest]: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

describe("a further value of the chart", () => {
  const federated = { clientId: "id", audience: "aud" };

  test.each([...leaves(chartValues(SETTINGS)), ...leaves(chartValues({ ...SETTINGS, federated }))])(
    "contradicts every value that the program sets: %s %s %s",
    (...path) => {
      const found = contradictions(
        nested(
          path.filter((key) => typeof key === "string"),
          "other",
        ),
        ownValues(SETTINGS),
      );
      expect(found).toHaveLength(1);
    },
  );

  test("does not contradict a setting that it agrees with, or one that is not set", () => {
    const same = { operatorConfig: { hostname: "edge-operator", defaultTags: ["tag:op"] } };
    expect(contradictions(same, ownValues(SETTINGS))).toEqual([]);
    const unset = { ...SETTINGS, registry: undefined, pullSecrets: [], proxyClass: undefined };
    const free = {
      imagePullSecrets: [{ name: "a" }],
      operatorConfig: { image: { repository: "a" } },
      proxyConfig: { defaultProxyClass: "a", image: { repository: "b" } },
    };
    expect(contradictions(free, ownValues(unset))).toEqual([]);
  });
});

test("maps are merged by key, and the program's value wins for any other", () => {
  const secret = output("s");
  const extra = { a: { b: 1, c: [1, 2], d: { e: 1 } }, f: "text", g: null };
  expect(mergeValues(extra, { a: { c: [3], d: { h: 2 } }, f: { i: secret } })).toEqual({
    a: { b: 1, c: [3], d: { e: 1, h: 2 } },
    f: { i: secret },
    g: null,
  });
});
