import { expect, test } from "vitest";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { requirePolicy } from "../../../../components/tailnet/policy/requirements.ts";
import type { Topology } from "../../../../components/tailnet/policy/topology.ts";

const exposure = { ports: [443], allowFrom: ["alice@example.com"], funnel: false };
const topology: Topology = {
  operatorTag: "tag:k8s-operator",
  defaultProxyTags: ["tag:k8s"],
  exposures: [
    { ...exposure, name: "a", tags: ["tag:web"], servedBy: ["tag:pods"] },
    { ...exposure, name: "b", tags: ["tag:web"], servedBy: ["tag:more", "tag:pods"] },
    { ...exposure, name: "c", tags: ["tag:own"] },
  ],
};

test("the devices of a ProxyGroup may serve its services, and belong to the operator", () => {
  const { autoApprovers, tagOwners } = requirePolicy(topology);
  expect(autoApprovers).toEqual({ services: { "tag:web": ["tag:more", "tag:pods"] } });
  expect(Object.keys(tagOwners)).toEqual([
    ...["tag:k8s", "tag:more", "tag:own", "tag:pods", "tag:web"],
    "tag:k8s-operator",
  ]);
});

test("without a ProxyGroup nothing is approved", () => {
  const exposures = topology.exposures.filter(({ servedBy }) => servedBy === undefined);
  expect(Object.keys(requirePolicy({ ...topology, exposures }))).toEqual([
    ...["tagOwners", "nodeAttrs", "grants", "tests"],
  ]);
});

test.each([
  ["{}", '"autoApprovers": {\n\t\t"services": {\n\t\t\t"tag:web": ["tag:more", "tag:pods"]\n\t\t}\n\t}'],
  [
    '{\n\t"autoApprovers": {"routes": {"10.0.0.0/8": ["tag:r"]}},\n}',
    '"autoApprovers": {"routes": {"10.0.0.0/8": ["tag:r"]},\n\t\t"services": {\n\t\t\t"tag:web": ["tag:more", "tag:pods"]\n\t\t}\n\t}',
  ],
  [
    '{\n\t"autoApprovers": {"services": {"tag:web": ["tag:pods"], "svc:x": ["tag:r"]}},\n}',
    '"autoApprovers": {"services": {"tag:web": ["tag:pods", "tag:more"], "svc:x": ["tag:r"]}}',
  ],
])("what %j lacks of it is added", (text, expected) => {
  const built = buildPolicy(topology, { source: "base", text });
  expect(built).toContain(expected);
  verifyPolicy(topology, { source: "built", text: built });
  expect(buildPolicy(topology, { source: "built", text: built })).toBe(built);
});
