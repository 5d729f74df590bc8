import { gzipSync } from "node:zlib";
import { events } from "../providers/kubernetes/api-server/events.ts";
import type { FieldPath } from "../providers/kubernetes/api-server/field-path.ts";
import { type KubernetesObject, objects } from "../providers/kubernetes/api-server/objects.ts";
import { managersOfObject } from "../providers/kubernetes/api-server/server-side-apply.ts";
import { type HelmRelease, releases } from "../providers/kubernetes/helm/release.ts";
import { type OperatorPod, operatorPods } from "../providers/kubernetes/operator/operator-pod.ts";
import type { World } from "../world/world.ts";
import { operatorState, partsOf, proxyPods, statefulSetName } from "./kubernetes-proxies.ts";

/**
 * All objects that the API server returns: the stored ones, and those that the models keep in tables of their own.
 *
 * @param states - see {@link proxyStates}
 */
export function allObjects(world: World, states: readonly KubernetesObject[]): KubernetesObject[] {
  return [
    ...objects(world)
      .values()
      .map((object) => withManagedFields(world, withAvailability(world, object))),
    ...releases(world).values().map(helmRecord),
    ...operatorPods(world)
      .values()
      .flatMap((pod) => [...podOf(pod), ...refusalOf(pod)]),
    ...states,
    ...proxyPods(world),
    ...[...events(world)].map(([key, message], index) => eventOf(world, key, message, index)),
  ];
}

/** The operator's Deployment has an available pod while that pod runs: the chart has no probes. */
function withAvailability(world: World, object: KubernetesObject): KubernetesObject {
  const { kind, metadata } = object;
  if (kind !== "Deployment" || metadata.name !== "operator") return object;
  const isRunning = operatorPods(world).get(metadata.namespace ?? "default")?.state === "Running";
  return { ...object, status: { replicas: 1, ...(isRunning && { readyReplicas: 1, availableReplicas: 1 }) } };
}

/** An object with the fields of each manager, as the API server returns it. */
export function withManagedFields(world: World, object: KubernetesObject): KubernetesObject {
  const managedFields = Object.entries(managersOfObject(world, object)).map(([manager, paths]) => ({
    manager,
    operation: "Apply",
    apiVersion: object.apiVersion,
    fieldsType: "FieldsV1",
    fieldsV1: fieldsV1(paths.map((path) => JSON.parse(path) as FieldPath)),
  }));
  return { ...object, metadata: { ...object.metadata, ...{ managedFields } } };
}

interface Fields {
  [key: string]: Fields;
}

/** A set of paths in the format of `metadata.managedFields` (sigs.k8s.io/structured-merge-diff, `fieldpath`). */
function fieldsV1(paths: readonly FieldPath[]): Fields {
  const root: Fields = {};
  for (const path of paths) {
    path.reduce<Fields>((fields, key) => (fields[elementOf(key)] ??= {}), root);
  }
  return root;
}

/** `spec` is `f:spec`; the list item `[name="app"]` is `k:{"name":"app"}`. */
function elementOf(key: string): string {
  const [, keys] = /^\[(.*)\]$/.exec(key) ?? [];
  return keys === undefined ? `f:${key}` : `k:{${keys.replaceAll(/(^|,)(\w+)=/g, '$1"$2":')}}`;
}

/** A revision as Helm stores it: gzipped JSON, in base64 twice (helm.sh/helm/v3, `pkg/storage/driver/util.go`). */
function helmRecord({ inputs, revision, status, manifest }: HelmRelease): KubernetesObject {
  const { name, namespace = "default", version, chart, values } = inputs;
  const release = {
    name,
    namespace,
    version: revision,
    info: { status },
    chart: { metadata: { name: chart, version } },
    config: values ?? {},
    manifest: manifest.map((key) => `# ${key}`).join("\n---\n"),
  };
  const encoded = Buffer.from(gzipSync(JSON.stringify(release)).toString("base64")).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: `sh.helm.release.v1.${name}.v${revision}`,
      namespace,
      labels: { name, owner: "helm", status, version: String(revision) },
    },
    ...{ type: "helm.sh/release.v1" },
    data: { release: encoded },
  };
}

const PENDING: ReadonlySet<OperatorPod["state"]> = new Set(["ContainerCreating", "ImagePullBackOff"]);

/** The operator's pod. One that admission rejects does not exist. */
function podOf({ namespace, state, reason, starts }: OperatorPod): KubernetesObject[] {
  if (state === "Forbidden") return [];
  const isRunning = state === "Running";
  // Of a crash, the kubelet reports the status only; the reason is in the log.
  const hasCrashed = state === "CrashLoopBackOff";
  const message = hasCrashed ? "back-off 5m0s restarting failed container=operator" : reason;
  const waiting = { waiting: { reason: state, ...(message !== undefined && { message }) } };
  const container = {
    name: "operator",
    ready: isRunning,
    restartCount: Math.max(0, starts - 1),
    state: isRunning ? { running: {} } : waiting,
    ...(hasCrashed && { lastState: { terminated: { exitCode: 1, reason: "Error" } } }),
  };
  return [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "operator-0", namespace, labels: { app: "operator" } },
      spec: { containers: [{ name: "operator" }] },
      status: {
        phase: PENDING.has(state) ? "Pending" : "Running",
        conditions: [{ type: "Ready", status: isRunning ? "True" : "False" }],
        containerStatuses: [container],
      },
    },
  ];
}

/** Why the operator's pod is not admitted. The controller that creates pods reports it. */
function refusalOf({ namespace, state, reason = "" }: OperatorPod): KubernetesObject[] {
  if (state !== "Forbidden") return [];
  const involved = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "operator-0", namespace };
  return [warning(involved, "FailedCreate", reason, 0)];
}

/** An event of an object or, if a proxy's pod cannot be created, of the proxy's StatefulSet. */
function eventOf(world: World, key: string, message: string, index: number): KubernetesObject {
  const { kind, namespace, name } = partsOf(key);
  const [, refusal] = /^FailedCreate: (.*)$/s.exec(message) ?? [];
  const proxies = operatorState(world)?.metadata.namespace;
  if (refusal !== undefined && proxies !== undefined) {
    const proxy = { apiVersion: "apps/v1", kind: "StatefulSet", name: statefulSetName(key) };
    return warning({ ...proxy, namespace: proxies }, "FailedCreate", refusal, index);
  }
  // After it was deleted too.
  const { apiVersion = "v1" } = objects(world).get(key) ?? {};
  return warning({ apiVersion, kind, name, namespace }, "Failed", message, index);
}

function warning(
  involvedObject: { readonly [field in "apiVersion" | "kind" | "name" | "namespace"]: string },
  reason: string,
  message: string,
  index: number,
): KubernetesObject {
  const { name, namespace } = involvedObject;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${index}`, namespace },
    ...{ involvedObject, type: "Warning", reason, message },
  };
}
