import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";

/** Properties of the cluster that no API of the program changes. */
export interface Cluster {
  /** OIDC issuer of its service accounts. If unset, every issuer is accepted. */
  readonly issuer?: string;
  /**
   * How long an await waits without any change in the world, in milliseconds. It models the provider's ten
   * minutes: an object that is not ready when nothing changes any more never becomes ready.
   */
  readonly patienceMs: number;
  /** MetalLB's addresses, `192.168.1.240-192.168.1.250`. If unset, the cluster has no MetalLB. */
  readonly addressPool?: string;
  /**
   * Whether pods of the system's priority classes need a ResourceQuota outside `kube-system`, as on GKE (Kubernetes,
   * "Resource Quotas": limit priority class consumption by default). The cluster has no such quota.
   */
  readonly limitsPriority?: boolean;
  /** Whether no node reaches the registry. Pods that run keep running. */
  readonly registryIsDown?: boolean;
}

/** Pods that exist before the program runs, as endpoints of Services. */
export interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function cluster(world: World): Cluster {
  return world.table<Cluster>("kubernetes.cluster").get("-") ?? { patienceMs: 500 };
}

export function workloads(world: World): Table<Workload> {
  return world.table("kubernetes.workloads");
}
