import { describe, expect, test } from "vitest";
import { fieldChanges } from "../../../providers/object-fields/field-changes.ts";

const changes = (...args: Parameters<typeof fieldChanges>) =>
  fieldChanges(...args).map(({ path, kind }) => `${kind} ${path}`);

describe("fieldChanges", () => {
  test("names each field that the manager does not own, not its parent", () => {
    const wanted = {
      metadata: { annotations: { "tailscale.com/expose": "true" } },
      spec: { type: "ClusterIP", hosts: ["a", "b"], selector: {} },
    };
    expect(changes(wanted, { spec: { type: "LoadBalancer" } }, undefined)).toEqual([
      'ADD fields.metadata.annotations["tailscale.com/expose"]',
      "ADD fields.spec.type",
      "ADD fields.spec.hosts",
      "ADD fields.spec.selector",
    ]);
  });

  test("names the field if the manager owns another part of its parent", () => {
    const owned = { "f:spec": { "f:allocateLoadBalancerNodePorts": {} } };
    const wanted = { spec: { allocateLoadBalancerNodePorts: false, type: "LoadBalancer" } };
    const live = { spec: { allocateLoadBalancerNodePorts: false, type: "ClusterIP" } };
    expect(changes(wanted, live, owned)).toEqual(["ADD fields.spec.type"]);
  });

  test("names the items of a list that the manager does not own", () => {
    const env = [{ name: "A", value: "1" }, { name: "B" }];
    expect(changes({ spec: { env } }, {}, undefined)).toEqual([
      "ADD fields.spec.env[0]",
      "ADD fields.spec.env[1]",
    ]);
  });

  test("names a changed item by its index in the inputs, and a dropped one by its list", () => {
    const owned = { "f:env": { 'k:{"name":"A"}': { "f:name": {}, "f:value": {} }, 'k:{"name":"B"}': {} } };
    const live = { env: [{ name: "other" }, { name: "A", value: "changed" }] };
    expect(changes({ env: [{ name: "A", value: "1" }] }, live, owned)).toEqual([
      "UPDATE fields.env[0].value",
      "UPDATE fields.env",
    ]);
  });

  test("finds nothing where the live values are the wanted ones", () => {
    const owned = { "f:data": { "f:key": {} } };
    expect(changes({ data: { key: "value" } }, { data: { key: "value", other: "1" } }, owned)).toEqual([]);
  });
});
