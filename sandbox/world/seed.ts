import { cluster, objectKey, objects, type Workload, workloads } from "../providers/kubernetes/objects.ts";
import { type Plan, zones } from "../providers/cloudflare/zones.ts";
import { changeTailnet, credentials, secretHash } from "../providers/tailscale/tailnet.ts";
import type { World } from "./world.ts";

/** What is there before the program runs for the first time. */
export interface Surroundings {
  /** DNS name of the tailnet. */
  readonly tailnet: string;
  /** Zones of one Cloudflare account; the plan is Enterprise unless it is said. */
  readonly zones?: readonly { readonly name: string; readonly plan?: Plan }[];
  /** Services of the cluster, with pods behind them; their namespaces are made too. */
  readonly services?: readonly { readonly namespace: string; readonly name: string; readonly port: number }[];
  /** Further pods that Services of the program may select. */
  readonly pods?: readonly Workload[];
  /** OAuth clients made by hand. */
  readonly oauthClients?: readonly {
    readonly id: string;
    readonly secret: string;
    readonly scopes: readonly string[];
    readonly tags: readonly string[];
  }[];
  /** How long an await looks on while nothing happens, in milliseconds; default 500. */
  readonly patienceMs?: number;
}

/** Puts the surroundings into a world. What is there already stays as it is. */
export function seed(world: World, { tailnet, patienceMs, ...around }: Surroundings): void {
  changeTailnet(world, { name: tailnet });
  if (patienceMs !== undefined) {
    world.table("kubernetes.cluster").set("-", { ...cluster(world), patienceMs });
  }
  for (const { name, plan = "enterprise" } of around.zones ?? []) {
    if (zones(world).find((zone) => zone.name === name)) continue;
    const id = `${world.serial("cloudflare.zone")}`.padStart(32, "f");
    zones(world).set(id, { id, name, plan, accountId: "a".repeat(32) });
  }
  for (const { namespace, name, port } of around.services ?? []) {
    addNamespace(world, namespace);
    const key = objectKey("Service", namespace, name);
    if (objects(world).has(key)) continue;
    objects(world).set(key, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: {
        clusterIP: `10.43.255.${world.serial("kubernetes.seed")}`,
        ports: [{ port }],
        selector: { app: name },
      },
    });
    workloads(world).set(`${namespace}/${name}`, { namespace, labels: { app: name } });
  }
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

function addNamespace(world: World, name: string): void {
  const key = objectKey("Namespace", undefined, name);
  if (!objects(world).has(key)) {
    objects(world).set(key, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
}
