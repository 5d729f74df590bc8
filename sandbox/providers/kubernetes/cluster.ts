import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";

/** The cluster itself, which no API of the program's changes. */
export interface Cluster {
  /** OIDC issuer of its service accounts; without one any issuer is taken for it. */
  readonly issuer?: string;
  /**
   * How long an await looks on while nothing happens anywhere, in milliseconds. It stands for the provider's
   * ten minutes: what has not become ready when all is quiet never will.
   */
  readonly patienceMs: number;
  /** The addresses that MetalLB hands out, `192.168.1.240-192.168.1.250`; without any there is no MetalLB. */
  readonly addressPool?: string;
}

/** Pods that were there before, as the endpoints of Services. */
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

/** Why an object that a controller serves is not ready, by the object's key: its events and the log. */
export function events(world: World): Table<string> {
  return world.table("kubernetes.events");
}

/** Keeps why an object is not ready. */
export function note(world: World, key: string, fault: string): void {
  if (events(world).get(key) !== fault) events(world).set(key, fault);
}
