import { expect, test } from "vitest";
import { pruneLive } from "../../../../../sandbox/providers/kubernetes/resources/prune-live.ts";

const identity = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "apps" } };
const container = (...env: readonly object[]) => ({ spec: { containers: [{ name: "web", env }] } });

test("keeps the live values of the keys that the inputs have", () => {
  const live = { ...identity, spec: { type: "ClusterIP", selector: { app: "web" } }, status: {} };
  expect(pruneLive(live, { kind: "Deployment", spec: { type: "LoadBalancer" } })).toEqual({
    kind: "Deployment",
    spec: { type: "ClusterIP" },
  });
});

test("pairs list items by their index, so that an item of others that comes first is a difference", () => {
  const live = { ...identity, ...container({ name: "TZ", value: "UTC" }, { name: "LINK", value: "a" }) };
  const inputs = container({ name: "LINK", value: "a" });
  expect(pruneLive(live, inputs)).toEqual(container({ name: "TZ", value: "UTC" }));
});

test("keeps a list of strings up to the length of the inputs", () => {
  const live = { ...identity, spec: { names: ["a", "b"] } };
  expect(pruneLive(live, { spec: { names: ["b"] } })).toEqual({ spec: { names: ["a"] } });
  expect(pruneLive(live, { spec: { names: [] } })).toEqual({ spec: { names: [] } });
});

test("compares the stringData of a Secret with its data", () => {
  const live = { ...identity, data: { key: Buffer.from("value").toString("base64") } };
  expect(pruneLive(live, { stringData: { key: "" } })).toEqual({ stringData: { key: "value" } });
});
