import { afterAll, expect, test } from "vitest";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import {
  keyOf,
  type KubernetesObject,
  objectAt,
  objects,
} from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { RealProject } from "./real-project.ts";
import { tazlabConfig } from "./tazlab-config.ts";

/** The application's Service as its owner created it: only one network may use its MetalLB address. */
const app: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "app", namespace: "apps" },
  spec: {
    type: "LoadBalancer",
    clusterIP: "10.43.7.7",
    loadBalancerSourceRanges: ["192.168.1.0/24"],
    ports: [{ port: 80 }],
  },
};

/** The tazlab stack with one dashboard whose backing Service has an address. */
const project = await RealProject.create<{ readonly phase: Phase }>({
  configOf: ({ phase = "coexist" }) => ({
    ...tazlabConfig({}),
    "tailnet-edge:homepage": undefined,
    "tailnet-edge:clusterDns": undefined,
    "tailnet-edge:privateServices": [
      {
        kind: "ingress",
        name: "app",
        namespace: "apps",
        backend: { service: "app", port: 80 },
        allowFrom: ["tag:tazpod"],
        tags: ["tag:internal-apps"],
        phase,
        legacy: { backing: {} },
      },
    ],
  }),
  prerequisites: { services: [], objects: [app], addressPool: "192.168.1.240-192.168.1.250" },
});

afterAll(async () => {
  await project.remove();
});

const live = () => project.withWorld((world) => objectAt(world, keyOf(app)));
const FOUND = "the Service apps/app with loadBalancerSourceRanges: [192.168.1.0/24]";

test("a backing Service with source ranges is refused before anything changes, and moves without them", async () => {
  project.configure({ phase: "coexist" });
  const coexist = await project.run("up");
  expect([coexist.errors, coexist.warnings.join("\n")]).toEqual([[], expect.stringContaining(FOUND)]);

  project.configure({ phase: "tailnet" });
  const before = live();
  for (const operation of ["preview", "up"] as const) {
    const refused = await project.run(operation);
    expect([refused.ok, refused.errors.join("\n")]).toEqual([false, expect.stringContaining(FOUND)]);
    expect(live()).toEqual(before);
  }

  const { loadBalancerSourceRanges: ranges, ...spec } = before.spec ?? {};
  expect(ranges).toEqual(["192.168.1.0/24"]);
  project.withWorld((world) => {
    objects(world).set(keyOf(app), { ...before, spec });
  });
  await project.up({ phase: "tailnet" });
  expect(live().spec?.["type"]).toBe("ClusterIP");
});
