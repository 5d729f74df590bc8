import { expect, test } from "vitest";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { deriveRequirements } from "../../../../components/tailnet/policy/requirements.ts";
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

test("approves a ProxyGroup's devices for its services, and lets the operator own their tags", () => {
  const { autoApprovers, tagOwners } = deriveRequirements(topology);
  expect(autoApprovers).toEqual({ services: { "tag:web": ["tag:more", "tag:pods"] } });
  expect(Object.keys(tagOwners)).toEqual([
    ...["tag:k8s", "tag:more", "tag:own", "tag:pods", "tag:web"],
    "tag:k8s-operator",
  ]);
});

test("approves nothing without a ProxyGroup", () => {
  const exposures = topology.exposures.filter(({ servedBy }) => servedBy === undefined);
  expect(Object.keys(deriveRequirements({ ...topology, exposures }))).toEqual([
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
])("adds the approvals that %j lacks", (text, expected) => {
  const built = buildPolicy(topology, { source: "base", text });
  expect(built).toContain(expected);
  verifyPolicy(topology, { source: "built", text: built });
  expect(buildPolicy(topology, { source: "built", text: built })).toBe(built);
});
