import type { Output } from "@pulumi/pulumi";
import { type ChosenHostname, chooseWays } from "../components/edge/chosen-way.ts";
import { CloudflareEdge } from "../components/edge/cloudflare-edge.ts";
import { recordTarget } from "../components/edge/edge-zone.ts";
import type { Via } from "../components/edge/hostname.ts";
import { FunnelIngress } from "../components/exposure/funnel-ingress.ts";
import { Operator } from "../components/operator/operator.ts";
import { OperatorCredential } from "../components/tailnet/operator-credential.ts";
import type { Topology } from "../components/tailnet/policy/topology.ts";
import { Tailnet } from "../components/tailnet/tailnet.ts";
import type { StackConfig } from "./config.ts";

/** What a stack hands out when it is deployed. */
export interface ClusterOutputs {
  /** Absent without a public edge. */
  readonly funnel?: FunnelOutput;
  /** Every public hostname by its name. */
  readonly hostnames: Readonly<Record<string, HostnameOutput>>;
}

/** The Funnel's ts.net name: as configured, and as the tailnet really calls it. They differ when a name is taken. */
export interface FunnelOutput {
  readonly expected: string;
  readonly actual: Output<string>;
}

/** How one public hostname is published. */
export interface HostnameOutput {
  readonly url: string;
  /** What its record points at: the Funnel's ts.net name, or the target that it was sent back to. */
  readonly target: Output<string> | string;
  readonly zone: string;
  readonly via: Via;
  /** What settled the way: "asked for", or what the zone's plan has to do with it. */
  readonly why: string;
}

/**
 * Declares everything that publishes one cluster, in the order in which each part needs the one before.
 *
 * Zones of which a hostname leaves its way to the plan are looked up first of all.
 */
export async function deployCluster(cluster: StackConfig): Promise<ClusterOutputs> {
  const { tailnet, operator, publicEdge } = cluster;
  const hostnames = await chooseWays(publicEdge?.hostnames ?? []);
  const ground = new Tailnet("tailnet", {
    topology: clusterTopology(cluster),
    policy: tailnet.policy,
  });
  const credential = new OperatorCredential(
    "operator-credential",
    {
      source: operator.credential,
      tag: operator.tag,
      namespace: operator.namespace,
      description: operator.hostname,
    },
    { dependsOn: ground.ready },
  );
  const { release } = new Operator("operator", {
    ...operator,
    operatorTag: operator.tag,
    login: credential.login,
    proxies: publicEdge ? ["userspace"] : [],
  });
  if (publicEdge === undefined) return { hostnames: {} };

  const expected = `${publicEdge.funnel.hostname}.${tailnet.name}`;
  const { fqdn } = new FunnelIngress(
    "funnel",
    { ...publicEdge.funnel, expected, tags: operator.proxyTags },
    { dependsOn: [...ground.ready, release] },
  );
  const worker = await edgeWorker(hostnames, publicEdge.funnel.hostname);
  new CloudflareEdge("edge", { hostnames, funnel: fqdn, worker });
  return { funnel: { expected, actual: fqdn }, hostnames: hostnameOutputs(hostnames, fqdn) };
}

/** What the stack exposes, as its tailnet's policy has to know it. */
export function clusterTopology({ operator, publicEdge }: StackConfig): Topology {
  return {
    operatorTag: operator.tag,
    defaultProxyTags: operator.proxyTags,
    exposures: publicEdge
      ? [
          {
            name: publicEdge.funnel.hostname,
            tags: operator.proxyTags,
            // Funnel and a tailnet Ingress speak HTTPS on 443 and nothing else.
            ports: [443],
            allowFrom: publicEdge.funnel.allowFrom,
            funnel: true,
          },
        ]
      : [],
  };
}

/** The Worker, if a hostname goes by it. Its bundler is loaded for no other stack. */
async function edgeWorker(hostnames: readonly ChosenHostname[], scriptName: string) {
  if (hostnames.every(({ via }) => via !== "worker")) return undefined;
  const { bundleWorker } = await import("../worker/bundle.ts");
  return { scriptName, bundle: bundleWorker() };
}

function hostnameOutputs(
  hostnames: readonly ChosenHostname[],
  funnel: Output<string>,
): Readonly<Record<string, HostnameOutput>> {
  return Object.fromEntries(
    hostnames.map(({ host, zone, via, why }) => [
      host,
      { url: `https://${host}`, target: recordTarget(via, funnel), zone, via, why },
    ]),
  );
}
