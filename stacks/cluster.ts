import type { Input, Output, Resource } from "@pulumi/pulumi";
import { type ResolvedHostname, resolveVias } from "../components/public-edge/resolve-via.ts";
import { CloudflareEdge } from "../components/public-edge/cloudflare-edge.ts";
import { type Via, recordTarget } from "../components/public-edge/via.ts";
import { FunnelIngress } from "../components/public-edge/funnel-ingress.ts";
import { type MigrationRow, migrationRows } from "../components/private-services/migration-rows.ts";
import { exposureOf } from "../components/private-services/private-service.ts";
import { Operator } from "../components/operator/operator.ts";
import { OperatorCredential } from "../components/tailnet/operator-credential.ts";
import type { Topology } from "../components/tailnet/policy/topology.ts";
import { Tailnet } from "../components/tailnet/tailnet.ts";
import type { StackConfig } from "./config/parse.ts";
import { type ExposureOutput, exposureOutputs } from "./exposure-output.ts";
import { deployPrivateServices } from "./private-services.ts";

/** What a stack hands out when it is deployed. */
export interface ClusterOutputs {
  /** Absent without a public edge. */
  readonly funnel?: FunnelOutput;
  /** Every public hostname by its name. */
  readonly hostnames: Readonly<Record<string, HostnameOutput>>;
  /** Who can reach what, public and private. */
  readonly exposure: readonly ExposureOutput[];
  /** Absent where nothing moves to the tailnet. */
  readonly migration?: readonly MigrationRow[];
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
  readonly reason: string;
}

/**
 * Declares everything that publishes one cluster, in the order in which each part needs the one before.
 *
 * Zones of which a hostname leaves its way to the plan are looked up first of all.
 */
export async function deployCluster(cluster: StackConfig): Promise<ClusterOutputs> {
  const { tailnet, operator, publicEdge, privateServices, proxyGroups } = cluster;
  const hostnames = await resolveVias(publicEdge?.hostnames ?? []);
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
      description: credentialName(operator.hostname),
    },
    { dependsOn: ground.ready },
  );
  const { release } = new Operator(
    "operator",
    {
      ...operator,
      operatorTag: operator.tag,
      login: credential.login,
      // In whatever phase: a switch of phase must not change what the namespace admits while proxies come and go.
      proxies: [
        ...(publicEdge ? ["userspace" as const] : []),
        ...privateServices.map(() => "kernel" as const),
        ...proxyGroups.map(() => "kernel" as const),
      ],
    },
    { dependsOn: ground.ready },
  );
  const ready = [...ground.ready, release];
  const funnel = publicEdge && (await deployPublicEdge(cluster, publicEdge.funnel, hostnames, ready));
  const services = deployPrivateServices(cluster, ready);
  const migration = migrationRows(privateServices, tailnet.name);
  return {
    ...(funnel && { funnel }),
    hostnames: funnel ? hostnameOutputs(hostnames, funnel.actual) : {},
    exposure: exposureOutputs(cluster, hostnames, funnel, services),
    ...(migration.length > 0 && { migration }),
  };
}

/** What the Tailscale console lists the credential as. It takes 50 characters, a hostname has up to 63. */
function credentialName(hostname: string): string {
  return hostname.slice(0, 50).replace(/-+$/, "");
}

async function deployPublicEdge(
  { tailnet, operator }: StackConfig,
  funnel: NonNullable<StackConfig["publicEdge"]>["funnel"],
  hostnames: readonly ResolvedHostname[],
  dependsOn: Input<Resource>[],
): Promise<FunnelOutput> {
  const expected = `${funnel.hostname}.${tailnet.name}`;
  const { fqdn } = new FunnelIngress(
    "funnel",
    { ...funnel, expected, tags: operator.proxyTags },
    { dependsOn },
  );
  const worker = await edgeWorker(hostnames, funnel.hostname);
  new CloudflareEdge("edge", { hostnames, funnel: fqdn, worker });
  return { expected, actual: fqdn };
}

/**
 * What the stack exposes, as its tailnet's policy has to know it. A private service is in it in whatever phase:
 * the policy is updated before anything else, so it must let in already who comes with the next phase, and
 * still who goes with it.
 */
export function clusterTopology(cluster: StackConfig): Topology {
  const { operator, publicEdge, privateServices, proxyGroups } = cluster;
  const funnels = publicEdge
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
    : [];
  const services = privateServices.map((service) => {
    const group = proxyGroups.find(({ name }) => name === service.proxyGroup);
    return {
      name: service.hostname,
      tags: service.tags,
      ports: exposureOf(service).ports,
      allowFrom: service.allowFrom,
      funnel: false,
      ...(group && { servedBy: group.tags }),
    };
  });
  return {
    operatorTag: operator.tag,
    defaultProxyTags: operator.proxyTags,
    exposures: [...funnels, ...services],
  };
}

/** The Worker, if a hostname goes by it. Its bundler is loaded for no other stack. */
async function edgeWorker(hostnames: readonly ResolvedHostname[], scriptName: string) {
  if (hostnames.every(({ via }) => via !== "worker")) return undefined;
  const { bundleWorker } = await import("../worker/bundle.ts");
  return { scriptName, bundle: bundleWorker() };
}

function hostnameOutputs(
  hostnames: readonly ResolvedHostname[],
  funnel: Output<string>,
): Readonly<Record<string, HostnameOutput>> {
  return Object.fromEntries(
    hostnames.map(({ host, zone, via, reason }) => [
      host,
      { url: `https://${host}`, target: recordTarget(via, funnel), zone, via, reason },
    ]),
  );
}
