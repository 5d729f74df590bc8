import { type Plan, zones } from "../providers/cloudflare/zones.ts";
import { withNodePorts } from "../providers/kubernetes/api-server/node-ports.ts";
import {
  keyOf,
  type KubernetesObject,
  namespaceKey,
  objectKey,
  objects,
} from "../providers/kubernetes/api-server/objects.ts";
import { cluster, type Workload, workloads } from "../providers/kubernetes/cluster.ts";
import { changeTailnet, credentials, secretHash, tailnet } from "../providers/tailscale/tailnet.ts";
import type { World } from "../world/world.ts";

/** What exists before the program runs for the first time. */
export interface Prerequisites {
  /** DNS name of the tailnet; by default it keeps its name. */
  readonly tailnet?: string;
  /** The tailnet's policy, if it still has the default one; by default it keeps that. */
  readonly policy?: string | undefined;
  /** Zones of the Cloudflare account; default plan: enterprise. */
  readonly zones?: readonly { readonly name: string; readonly plan?: Plan }[];
  /** Services of the cluster. Their pods and namespaces are created too. */
  readonly services?: readonly ExistingService[];
  /** Other objects of the cluster. Their namespaces are created too. */
  readonly objects?: readonly KubernetesObject[];
  /** Pods that the program's Services may select. */
  readonly pods?: readonly Workload[];
  /** OAuth clients created by hand. */
  readonly oauthClients?: readonly {
    readonly id: string;
    readonly secret: string;
    readonly scopes: readonly string[];
    readonly tags: readonly string[];
  }[];
  /** The addresses that MetalLB assigns, such as `192.168.1.240-192.168.1.250`; default: no MetalLB. */
  readonly addressPool?: string;
  readonly limitsPriority?: boolean;
  /** How long an await waits while nothing changes, in milliseconds; default 500. */
  readonly patienceMs?: number;
}

export interface ExistingService {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly number[];
  /** Default: ClusterIP. */
  readonly type?: "ClusterIP" | "LoadBalancer";
  /** Its annotations, such as those that request an address from MetalLB. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Creates the prerequisites in a world, and the cluster's identity. Existing zones and objects are not changed. */
export function seed(world: World, prerequisites: Prerequisites): void {
  const { tailnet: name, policy, patienceMs, addressPool, limitsPriority } = prerequisites;
  if (name !== undefined) changeTailnet(world, { name });
  if (policy !== undefined && tailnet(world).policyIsDefault) {
    changeTailnet(world, { policy, policyIsDefault: false });
  }
  world.table("kubernetes.cluster").set("-", {
    ...cluster(world),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(addressPool !== undefined && { addressPool }),
    ...(limitsPriority !== undefined && { limitsPriority }),
  });
  for (const { name, plan = "enterprise" } of prerequisites.zones ?? []) {
    if (zones(world).find((zone) => zone.name === name)) continue;
    const id = `${world.serial("cloudflare.zone")}`.padStart(32, "f");
    zones(world).set(id, { id, name, plan, accountId: "a".repeat(32) });
  }
  addIdentity(world);
  for (const service of prerequisites.services ?? []) addService(world, service);
  for (const object of prerequisites.objects ?? []) addObject(world, object);
  for (const { id, secret, ...granted } of prerequisites.oauthClients ?? []) {
    credentials(world).set(id, {
      id,
      secretHash: secretHash(secret),
      description: "created by hand",
      ...granted,
    });
  }
  for (const pod of prerequisites.pods ?? []) {
    addNamespace(world, pod.namespace);
    workloads(world).set(`${pod.namespace}/${JSON.stringify(pod.labels)}`, pod);
  }
}

/** A cluster that is built anew has another UID: the sequence is shared by all clusters, and outlives them. */
function addIdentity(world: World): void {
  if (objects(world).has(namespaceKey("kube-system"))) return;
  const uid = `00000000-0000-4000-8000-${`${world.serial("kubernetes.cluster")}`.padStart(12, "0")}`;
  addObject(world, { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid } });
}

function addService(world: World, service: ExistingService): void {
  const { namespace, name, ports, type = "ClusterIP", annotations } = service;
  if (objects(world).has(objectKey("Service", namespace, name))) return;
  const labels = { app: name };
  const object: KubernetesObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace,
      ...(annotations && { annotations }),
    },
    spec: {
      type,
      clusterIP: `10.43.255.${world.serial("kubernetes.seed")}`,
      ports: ports.map((port) => ({ name: `port-${port}`, port })),
      selector: labels,
    },
  };
  addObject(world, withNodePorts(world, object));
  workloads(world).set(`${namespace}/${name}`, { namespace, labels });
}

function addObject(world: World, object: KubernetesObject): void {
  const { namespace } = object.metadata;
  if (namespace !== undefined) addNamespace(world, namespace);
  const key = keyOf(object);
  if (!objects(world).has(key)) objects(world).set(key, object);
}

function addNamespace(world: World, name: string): void {
  addObject(world, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}
