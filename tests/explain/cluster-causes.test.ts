import { describe, expect, test } from "vitest";
import { clusterCauses, type SeenCluster } from "../../explain/cluster-causes.ts";
import type { SeenObject } from "../../explain/seen-object.ts";

const EMPTY: SeenCluster = {
  ...{ namespace: "tailscale", pods: [], events: [], exposed: [], customResources: [], helmRecords: [] },
};
const causes = (seen: Partial<SeenCluster>) =>
  clusterCauses({ ...EMPTY, ...seen }).map(({ where, what, fix }) => [where, what, fix ?? ""].join(" | "));

const pod = (status: object): SeenObject => ({
  kind: "Pod",
  metadata: { name: "operator-1", namespace: "tailscale" },
  status,
});
const waiting = (reason: string, message?: string, lastState?: object) =>
  pod({ containerStatuses: [{ state: { waiting: { reason, message } }, lastState }] });
const event = (
  kind: string,
  namespace: string,
  name: string,
  reason: string,
  message: string,
  time = "1",
): SeenObject => ({
  kind: "Event",
  metadata: { name: `${name}.${time}`, namespace },
  type: "Warning",
  reason,
  message,
  lastTimestamp: time,
  involvedObject: { kind, namespace, name },
});
const ingress = (hostname?: string): SeenObject => ({
  kind: "Ingress",
  metadata: { name: "ozilab-edge", namespace: "traefik" },
  spec: { ingressClassName: "tailscale" },
  status: { loadBalancer: hostname === undefined ? {} : { ingress: [{ hostname }] } },
});

describe("an operator that does not come up", () => {
  test("a pod that Pod Security refuses, from its controller's event: there is no pod at all", () => {
    const refusal = 'pods is forbidden: violates PodSecurity "restricted:latest"';
    const found = causes({
      events: [event("ReplicaSet", "tailscale", "operator-1", "FailedCreate", refusal)],
    });
    expect(found).toEqual([
      `ReplicaSet tailscale/operator-1 | FailedCreate: ${refusal} | run pulumi up --refresh: the stack sets the namespace's level`,
    ]);
  });

  test("a missing Secret, from the pod's event", () => {
    const found = causes({
      pods: [waiting("ContainerCreating")],
      events: [event("Pod", "tailscale", "operator-1", "FailedMount", 'secret "operator-oauth" not found')],
    });
    expect(found).toEqual([
      'Pod tailscale/operator-1 | FailedMount: secret "operator-oauth" not found | run pulumi up --refresh: the Secret is part of the stack',
    ]);
  });

  test("a crash, with its status and last message", () => {
    const ended = { terminated: { exitCode: 1, message: "creating operator: InvalidOAuth: 404" } };
    expect(causes({ pods: [waiting("CrashLoopBackOff", "back-off 5m0s", ended)] })).toEqual([
      "Pod tailscale/operator-1 | CrashLoopBackOff: back-off 5m0s; creating operator: InvalidOAuth: 404; it ended with status 1 | rotate the credential: docs/runbook.md#rotate-the-operators-credential",
    ]);
  });

  test("an image that cannot be pulled", () => {
    expect(causes({ pods: [waiting("ImagePullBackOff", "Back-off pulling image")] })[0]).toContain(
      "reach the registry",
    );
  });

  test("a pod that no node takes, from its condition", () => {
    const condition = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "Insufficient memory",
    };
    expect(causes({ pods: [pod({ conditions: [condition] })] })).toEqual([
      "Pod tailscale/operator-1 | PodScheduled is False: Unschedulable: Insufficient memory | make room in the cluster, or lower the operator's resources",
    ]);
  });

  test("a forbidden pod, which does not exist, from the namespace's event", () => {
    const forbidden = event(
      "StatefulSet",
      "tailscale",
      "ts-db",
      "FailedCreate",
      'violates PodSecurity "baseline:latest"',
    );
    expect(causes({ pods: [pod({})], events: [forbidden] })[0]).toContain(
      "StatefulSet tailscale/ts-db | FailedCreate",
    );
  });
});

test("a name that stays empty: the object, and its own warnings only", () => {
  const events = [
    event("Ingress", "traefik", "ozilab-edge", "HTTPSNotEnabled", "HTTPS is not enabled on the tailnet"),
    event("Ingress", "default", "other", "Broken", "of others"),
  ];
  expect(causes({ exposed: [ingress()], events })).toEqual([
    "Ingress traefik/ozilab-edge | has no name of the tailnet in its status | ",
    "Ingress traefik/ozilab-edge | HTTPSNotEnabled: HTTPS is not enabled on the tailnet | run pulumi up --refresh: the stack turns on HTTPS for the tailnet",
  ]);
  expect(causes({ exposed: [ingress("a.ts.net")], events })).toEqual([]);
});

test("a release that another update left in pending", () => {
  const labels = { owner: "helm", name: "operator", status: "pending-upgrade" };
  const helmRecord = { kind: "Secret", metadata: { name: "sh.helm.release.v1.operator.v2", labels } };
  expect(causes({ helmRecords: [helmRecord] })[0]).toContain("release operator | is in pending-upgrade");
  const deployed = {
    ...helmRecord,
    metadata: { ...helmRecord.metadata, labels: { ...labels, status: "deployed" } },
  };
  expect(causes({ helmRecords: [deployed] })).toEqual([]);
});

test("a condition of a custom resource", () => {
  const status = {
    conditions: [{ type: "ProxyGroupReady", status: "False", reason: "Pending", message: "0/2 pods" }],
  };
  const group = { kind: "ProxyGroup", metadata: { name: "internal" }, status };
  expect(causes({ customResources: [group] })).toEqual([
    "ProxyGroup internal | ProxyGroupReady is False: Pending: 0/2 pods | ",
  ]);
});

test("a repeated warning is named once, and the newest come first", () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    event("Pod", "tailscale", "operator-1", "BackOff", `message ${index % 15}`, String(100 + index)),
  );
  const found = causes({ pods: [pod({})], events: many });
  expect(found).toHaveLength(10);
  expect(found[0]).toContain("message 14");
});

test("objects without the expected fields are no cause, and no error", () => {
  const strange = pod({ containerStatuses: "none", conditions: [null, 7] });
  expect(
    causes({ pods: [strange], events: [{ kind: "Event", metadata: { name: "x" }, type: "Warning" }] }),
  ).toEqual([]);
});
