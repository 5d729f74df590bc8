import { runtime } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { decodeProperties, SECRET, UNKNOWN } from "../../../plan/recording/decode.ts";

// The SDK's mark for a secret on the wire.
const wireSecret = (value: unknown) => ({ [runtime.specialSigKey]: runtime.specialSecretSig, value });

test("keeps plain values of any type", () => {
  const values = { text: "a", none: null, list: [1, { deep: true }], empty: {}, void: [] };
  expect(decodeProperties(values)).toEqual({ values, secrets: [] });
});

test("marks unknown values at any depth", () => {
  expect(decodeProperties({ id: runtime.unknownValue, list: [{ a: runtime.unknownValue }] })).toEqual({
    values: { id: UNKNOWN, list: [{ a: UNKNOWN }] },
    secrets: [],
  });
});

test("hides secrets and lists their paths; the keys of a secret object stay visible", () => {
  expect(
    decodeProperties({
      token: wireSecret("hidden-1"),
      data: wireSecret({ id: "hidden-2", more: ["hidden-3", null] }),
      list: [{ key: wireSecret("hidden-4") }],
      nested: wireSecret(wireSecret("hidden-5")),
      later: wireSecret(runtime.unknownValue),
    }),
  ).toEqual({
    values: {
      token: SECRET,
      data: { id: SECRET, more: [SECRET, SECRET] },
      list: [{ key: SECRET }],
      nested: SECRET,
      later: SECRET,
    },
    secrets: ["token", "data.id", "data.more[0]", "data.more[1]", "list[0].key", "nested", "later"],
  });
});
