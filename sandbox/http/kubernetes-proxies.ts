import { createHash } from "node:crypto";
import { type KubernetesObject, objects } from "../providers/kubernetes/api-server/objects.ts";
import { proxyDevices } from "../providers/kubernetes/operator/proxies.ts";
import { proxyCertificate } from "../providers/kubernetes/operator/proxy-certificate.ts";
import { devices, tailnet } from "../providers/tailscale/tailnet.ts";
import { valueAt } from "../providers/values.ts";
import type { World } from "../world/world.ts";

/**
 * The state Secrets of proxies with a device, as the operator labels them and the proxy fills them (module
 * tailscale.com, `cmd/k8s-operator/svc.go`: childResourceLabels; `ipn/store/kubestore`). The private key is left out.
 */
export async function proxyStates(world: World): Promise<readonly KubernetesObject[]> {
  const namespace = operatorState(world)?.metadata.namespace;
  if (namespace === undefined) return [];
  const states = [...proxyDevices(world)].map(async ([key, device]): Promise<KubernetesObject> => {
    const metadata = { name: proxyName(key), namespace, labels: proxyLabels(key) };
    const known = devices(world).get(device);
    const fqdn = known && `${known.name}.${tailnet(world).name}`;
    const isPublished = fqdn && publishedName(world, key) === fqdn;
    const certificate = isPublished ? await proxyCertificate(world, fqdn) : undefined;
    const data = {
      device_id: device,
      ...(fqdn && { device_fqdn: fqdn }),
      ...(fqdn && certificate && { [`${fqdn}.crt`]: certificate }),
    };
    const encoded = Object.entries(data).map(([field, value]) => [
      field,
      Buffer.from(value).toString("base64"),
    ]);
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      data: Object.fromEntries(encoded) as Record<string, string>,
    };
  });
  return await Promise.all(states);
}

/** The pods of proxies with a device. They run; what they cannot do is in their log. */
export function proxyPods(world: World): readonly KubernetesObject[] {
  const namespace = operatorState(world)?.metadata.namespace;
  if (namespace === undefined) return [];
  return [...proxyDevices(world)].map(([key]) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: proxyName(key), namespace, labels: proxyLabels(key) },
    spec: { containers: [{ name: "tailscale" }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "tailscale", ready: true, restartCount: 0, state: { running: {} } }],
    },
  }));
}

/** The name of a proxy's pod, and of the Secret with its state. */
export function proxyName(key: string): string {
  return `${statefulSetName(key)}-0`;
}

/** What the operator labels a proxy's objects with (`svc.go`: childResourceLabels). */
function proxyLabels(key: string): Readonly<Record<string, string>> {
  const { kind, namespace, name } = partsOf(key);
  const parent = "tailscale.com/parent-resource";
  return {
    "tailscale.com/managed": "true",
    [parent]: name,
    [`${parent}-ns`]: namespace,
    [`${parent}-type`]: kind === "Ingress" ? "ingress" : "svc",
  };
}

/** The name that the status of an Ingress shows. From then on clients visit it. */
function publishedName(world: World, key: string): unknown {
  const object = objects(world).get(key);
  return object?.kind === "Ingress"
    ? valueAt(object.status, ["loadBalancer", "ingress", 0, "hostname"])
    : undefined;
}

/** The Secret in which the operator's own device keeps its state. It outlives the operator's pod. */
export function operatorState(world: World): KubernetesObject | undefined {
  return objects(world).find(
    ({ kind, metadata, data }) =>
      kind === "Secret" && metadata.name === "operator" && data?.["device_id"] !== undefined,
  );
}

/** `ts-<object>-<suffix>`; the operator's suffix is random, the model's depends on the object. */
export function statefulSetName(key: string): string {
  const suffix = createHash("sha256").update(key).digest("hex").slice(0, 5);
  return `ts-${partsOf(key).name}-${suffix}`;
}

/** Splits an object's key: `Ingress traefik/edge`. */
export function partsOf(key: string): {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
} {
  const [kind = "", place = ""] = key.split(" ");
  const [name = "", namespace = "default"] = place.split("/").reverse();
  return { kind, namespace, name };
}
