import { Operator } from "../components/operator/operator.ts";
import { refuseHandovers } from "../components/private-services/hostname-handover.ts";
import { type MigrationRow, migrationRows } from "../components/private-services/migration-rows.ts";
import { readStateOnce } from "../components/private-services/stored-resources.ts";
import { resolvePublicEdge } from "../components/public-edge/resolve-public-edge.ts";
import { OperatorCredential } from "../components/tailnet/operator-credential.ts";
import { Tailnet } from "../components/tailnet/tailnet.ts";
import { Cluster } from "../providers/object-fields/cluster.ts";
import type { StackConfig } from "./config/parse.ts";
import { type ExposureOutput, exposureOutputs } from "./exposure-output.ts";
import { activeLock, type LockOutput } from "./origin-lock.ts";
import { deployPrivateServices } from "./private-services.ts";
import { deployProxyClasses } from "./proxy-classes.ts";
import { deployPublicEdge, type FunnelOutput, type HostnameOutput, hostnameOutputs } from "./public-edge.ts";
import { clusterTopology } from "./topology.ts";

/** The outputs of a stack. */
export interface ClusterOutputs {
  /** Absent without a public edge. */
  readonly funnel?: FunnelOutput;
  /** Absent without an origin lock. */
  readonly originLock?: LockOutput;
  /** Every public hostname by its name. */
  readonly hostnames: Readonly<Record<string, HostnameOutput>>;
  /** Who can reach what, public and private. */
  readonly exposure: readonly ExposureOutput[];
  /** Absent if no service moves to the tailnet. */
  readonly migration?: readonly MigrationRow[];
}

/**
 * Declares everything that publishes one cluster. Each part depends on the part before it.
 *
 * The public edge is resolved before the first resource: `auto` decides which resources exist.
 */
export async function deployCluster(cluster: StackConfig): Promise<ClusterOutputs> {
  const { operator, publicEdge, privateServices, proxyGroups } = cluster;
  const readState = readStateOnce();
  await refuseHandovers(privateServices, readState);
  const lock = publicEdge && (await activeLock(publicEdge.originLock));
  const edge = await resolvePublicEdge(publicEdge?.hostnames ?? [], lock !== undefined);
  // Waits, so that an up that skips the preview writes nothing to another cluster.
  await new Cluster("cluster").accepted();
  const tailnet = new Tailnet("tailnet", {
    topology: clusterTopology(cluster),
    policy: cluster.tailnet.policy,
  });
  const { credentials } = new OperatorCredential(
    "operator-credential",
    {
      source: operator.credential,
      tag: operator.tag,
      namespace: operator.namespace,
      description: credentialName(operator.hostname),
    },
    { dependsOn: tailnet.ready },
  );
  const { release } = new Operator(
    "operator",
    {
      ...operator,
      operatorTag: operator.tag,
      credentials,
      // In every phase: while a phase changes, the namespace must admit the proxies of both.
      proxies: [
        ...(publicEdge ? ["userspace" as const] : []),
        ...privateServices.map(() => "kernel" as const),
        ...proxyGroups.map(() => "kernel" as const),
      ],
    },
    { dependsOn: tailnet.ready },
  );
  const ready = [...tailnet.ready, release];
  const proxyClassOf = deployProxyClasses(cluster, ready);
  const deployed =
    publicEdge &&
    (await deployPublicEdge(cluster, publicEdge, edge, lock, [
      ...ready,
      ...proxyClassOf(publicEdge.funnel.proxyClass),
    ]));
  const { funnel, originLock } = deployed ?? {};
  const services = await deployPrivateServices(cluster, ready, proxyClassOf, readState);
  const migration = migrationRows(privateServices, cluster.tailnet.name);
  return {
    ...(funnel && { funnel }),
    ...(originLock && { originLock }),
    hostnames:
      publicEdge && funnel ? hostnameOutputs(edge.hostnames, funnel.actual, publicEdge.worker.origins) : {},
    exposure: exposureOutputs(cluster, edge.hostnames, funnel, services),
    ...(migration.length > 0 && { migration }),
  };
}

/** The credential's description in the Tailscale console: at most 50 characters; a hostname has up to 63. */
function credentialName(hostname: string): string {
  return hostname.slice(0, 50).replace(/-+$/, "");
}
