import type { Input, Output, Resource } from "@pulumi/pulumi";
import { CloudflareEdge } from "../components/public-edge/cloudflare-edge.ts";
import type { ClusterWorker } from "../components/public-edge/edge-worker.ts";
import { FunnelIngress } from "../components/public-edge/funnel-ingress.ts";
import type { ResolvedPublicEdge } from "../components/public-edge/resolve-public-edge.ts";
import type { ResolvedHostname } from "../components/public-edge/resolve-via.ts";
import { recordTarget, routeOf, type Via } from "../components/public-edge/via.ts";
import { lookUpScript } from "../components/public-edge/worker-scripts.ts";
import { needsWorker, type ZoneDemand } from "../components/public-edge/zone-demand.ts";
import type { StackConfig } from "./config/parse.ts";
import { type ActiveLock, deployLock, type LockOutput, lockSecret } from "./origin-lock.ts";

/** The Funnel's ts.net name as configured and as assigned. They differ when the name is taken. */
export interface FunnelOutput {
  readonly expected: string;
  readonly actual: Output<string>;
}

/** How one public hostname is published. */
export interface HostnameOutput {
  readonly url: string;
  /** What its record points at: the Funnel's ts.net name, or the name in `via: { cname }`. */
  readonly target: Output<string> | string;
  readonly zone: string;
  readonly via: Via;
  /** The Funnels of other clusters that the Worker tries after this one. Absent if there are none. */
  readonly origins?: readonly string[];
  /** Why it has this `via`: "requested", or what the zone's plan offers. */
  readonly reason: string;
}

/** What the public edge adds to the stack's outputs. */
export interface PublicEdgeOutputs {
  readonly funnel: FunnelOutput;
  /** Undefined without an origin lock. */
  readonly originLock: LockOutput | undefined;
}

/**
 * Declares the Funnel, the Cloudflare zones that lead to it, and the origin lock.
 *
 * @param lock - undefined if nothing of it exists
 * @param dependsOn - the tailnet and the operator
 */
export async function deployPublicEdge(
  { tailnet, operator }: StackConfig,
  { funnel, worker: settings }: NonNullable<StackConfig["publicEdge"]>,
  { demands }: ResolvedPublicEdge,
  lock: ActiveLock | undefined,
  dependsOn: Input<Resource>[],
): Promise<PublicEdgeOutputs> {
  const expected = `${funnel.hostname}.${tailnet.name}`;
  const { fqdn } = new FunnelIngress(
    "funnel",
    { ...funnel, expected, tags: operator.proxyTags },
    { dependsOn },
  );
  const worker = await clusterWorker(demands, settings);
  const secret = lock && lockSecret(lock);
  const { senders } = new CloudflareEdge("edge", {
    demands,
    funnel: fqdn,
    worker,
    ...(secret && { lock: { secret: secret.sent, dependsOn: secret.ready } }),
  });
  return {
    funnel: { expected, actual: fqdn },
    originLock: lock && secret && deployLock(lock, secret, senders),
  };
}

/** The Worker, if a hostname needs it. Only then is its bundler loaded. */
async function clusterWorker(
  demands: readonly ZoneDemand[],
  { name: scriptName, ...settings }: NonNullable<StackConfig["publicEdge"]>["worker"],
): Promise<ClusterWorker | undefined> {
  const served = demands.find(needsWorker);
  if (served === undefined) return undefined;
  const { bundlePool, bundleWorker } = await import("../worker/bundle.ts");
  const worker = { scriptName, settings, bundle: bundleWorker() };
  if (settings.pool === undefined) return worker;
  const { accountId } = served.zone;
  // Script names have 63 characters at most.
  const poolName = `${scriptName.slice(0, 58)}-pool`;
  const live = accountId === undefined ? undefined : await lookUpScript(accountId, poolName);
  return {
    ...worker,
    pool: { scriptName: poolName, bundle: bundlePool(), liveTag: live?.migrationTag },
  };
}

/** Every public hostname by its name, as the stack's outputs show it. */
export function hostnameOutputs(
  hostnames: readonly ResolvedHostname[],
  funnel: Output<string>,
  origins: readonly string[],
): Readonly<Record<string, HostnameOutput>> {
  return Object.fromEntries(
    hostnames.map(({ host, zone, via, reason }) => {
      const hasOrigins = routeOf(via).workerRoute && origins.length > 0;
      const target = recordTarget(via, funnel);
      return [host, { url: `https://${host}`, target, zone, via, reason, ...(hasOrigins && { origins }) }];
    }),
  );
}
