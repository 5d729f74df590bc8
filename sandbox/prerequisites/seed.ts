import { cluster, type Workload, workloads } from "../providers/kubernetes/cluster.ts";
import { keyOf, type KubernetesObject, objectKey, objects } from "../providers/kubernetes/objects.ts";
import { type Plan, zones } from "../providers/cloudflare/zones.ts";
import { changeTailnet, credentials, secretHash } from "../providers/tailscale/tailnet.ts";
import type { World } from "../world/world.ts";

/** What is there before the program runs for the first time. */
export interface Prerequisites {
  /** DNS name of the tailnet; without one it keeps its own. */
  readonly tailnet?: string;
  /** Zones of one Cloudflare account; the plan is Enterprise unless it is said. */
  readonly zones?: readonly { readonly name: string; readonly plan?: Plan }[];
  /** Services of the cluster, with pods behind them; their namespaces are made too. */
  readonly services?: readonly ServiceAround[];
  /** Whatever else is in the cluster; its namespaces are made too. */
  readonly objects?: readonly KubernetesObject[];
  /** Further pods that Services of the program may select. */
  readonly pods?: readonly Workload[];
  /** OAuth clients made by hand. */
  readonly oauthClients?: readonly {
    readonly id: string;
    readonly secret: string;
    readonly scopes: readonly string[];
    readonly tags: readonly string[];
  }[];
  /** The addresses that MetalLB hands out, `192.168.1.240-192.168.1.250`; default: the cluster has no MetalLB. */
  readonly addressPool?: string;
  /** How long an await looks on while nothing happens, in milliseconds; default 500. */
  readonly patienceMs?: number;
}

export interface ServiceAround {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly number[];
  /** Default ClusterIP. */
  readonly type?: "ClusterIP" | "LoadBalancer";
  /** The address that a LoadBalancer asks MetalLB for. */
  readonly address?: string | undefined;
}

/** Puts the surroundings into a world. What is there already stays as it is. */
export function seed(world: World, around: Prerequisites): void {
  const { tailnet, patienceMs, addressPool } = around;
  if (tailnet !== undefined) changeTailnet(world, { name: tailnet });
  world.table("kubernetes.cluster").set("-", {
    ...cluster(world),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(addressPool !== undefined && { addressPool }),
  });
  for (const { name, plan = "enterprise" } of around.zones ?? []) {
    if (zones(world).find((zone) => zone.name === name)) continue;
    const id = `${world.serial("cloudflare.zone")}`.padStart(32, "f");
    zones(world).set(id, { id, name, plan, accountId: "a".repeat(32) });
  }
  for (const service of around.services ?? []) addService(world, service);
  for (const object of around.objects ?? []) addObject(world, object);
  for (const { id, secret, ...granted } of around.oauthClients ?? []) {
    credentials(world).set(id, {
      id,
      secretHash: secretHash(secret),
      description: "made by hand",
      ...granted,
    });
  }
  for (const pod of around.pods ?? []) {
    addNamespace(world, pod.namespace);
    workloads(world).set(`${pod.namespace}/${JSON.stringify(pod.labels)}`, pod);
  }
}

function addService(world: World, service: ServiceAround): void {
  const { namespace, name, ports, type = "ClusterIP", address } = service;
  if (objects(world).has(objectKey("Service", namespace, name))) return;
  const labels = { app: name };
  addObject(world, {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace,
      ...(address !== undefined && { annotations: { "metallb.io/loadBalancerIPs": address } }),
    },
    spec: {
      type,
      clusterIP: `10.43.255.${world.serial("kubernetes.seed")}`,
      ports: ports.map((port) => ({ name: `port-${port}`, port })),
      selector: labels,
    },
  });
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
