import * as pulumi from "@pulumi/pulumi";
import type { ClusterDnsArgs } from "../../components/cluster-dns/cluster-dns.ts";
import { type ConfigIssue, UserError } from "../../components/config-issue.ts";
import { CHART_VERSION, nameserverImage } from "../../components/operator/chart-version.ts";
import type { PrivateService } from "../../components/private-services/private-service.ts";
import { zoneOf } from "../../components/public-edge/hostname.ts";
import type { LockPlace } from "../../components/public-edge/origin-lock/lock-manifests.ts";
import type { RequestedHostname } from "../../components/public-edge/resolve-via.ts";
import type { WorkerSettings } from "../../components/public-edge/worker-settings.ts";
import type { CredentialSource } from "../../components/tailnet/operator-credential.ts";
import type { PolicySource } from "../../components/tailnet/policy/policy.ts";
import type { PolicyMode } from "../../components/tailnet/tailnet.ts";
import { readBasePolicy } from "./base-policy.ts";
import { configSchema } from "./config-schema.ts";
import { issuesFromZod } from "./issue-from-zod.ts";
import {
  privateServices,
  type ProxyClass,
  proxyClasses,
  type ProxyGroup,
  proxyGroups,
} from "./private-config.ts";
import { plainValues, readRawConfig } from "./raw-config.ts";
import { validPart } from "./rules/valid-part.ts";
import type { ConfigInput, PlainConfig } from "./schema.ts";
import { credentialIssues, secrecyIssues, secretValue } from "./secrets.ts";

/** Which secret Cloudflare sends, and where and whether Traefik demands it. */
export interface OriginLock {
  readonly enabled: boolean;
  readonly serial: number;
  /** False if the lock is not enabled. */
  readonly enforce: boolean;
  readonly place: LockPlace;
}

/** A stack's configuration: checked, completed, and in the components' terms. */
export interface StackConfig {
  readonly tailnet: { readonly name: string; readonly policy: PolicyMode };
  readonly operator: Omit<PlainConfig["operator"], "chartVersion" | "credential"> & {
    readonly chartVersion: string;
    readonly credential: CredentialSource;
  };
  /** Undefined for a cluster that publishes nothing on the internet. */
  readonly publicEdge:
    | {
        readonly funnel: NonNullable<PlainConfig["publicEdge"]>["funnel"];
        readonly hostnames: readonly RequestedHostname[];
        readonly worker: WorkerSettings & { readonly name: string };
        readonly originLock: OriginLock;
      }
    | undefined;
  readonly privateServices: readonly PrivateService[];
  readonly proxyClasses: readonly ProxyClass[];
  readonly proxyGroups: readonly ProxyGroup[];
  /** Undefined for a cluster whose pods do not resolve ts.net names. */
  readonly clusterDns: ClusterDnsArgs | undefined;
  /** Undefined for a cluster without Homepage. */
  readonly homepage: PlainConfig["homepage"];
}

/**
 * Reads the current stack's configuration. Nothing else does.
 *
 * @throws UserError with all of its issues at once, before any resource is registered
 */
export function readStackConfig(): StackConfig {
  const raw = readRawConfig();
  const values = plainValues(raw);
  const { data: config, error } = configSchema.safeParse(values);
  const schemaIssues = error?.issues ?? [];
  const { operator, tailnet } = validPart(values as unknown as ConfigInput, schemaIssues);
  const basePolicy = readBasePolicy(tailnet?.basePolicy);
  const issues: readonly ConfigIssue[] = [
    ...secrecyIssues(raw),
    ...schemaIssues
      .flatMap((issue) => issuesFromZod(issue, values))
      // Its value is null here, and has an issue already.
      .filter(({ path }) => !raw.isSecret(path)),
    ...credentialIssues(operator?.credential?.kind, raw),
    ...basePolicy.issues,
  ];
  if (config === undefined || issues.length > 0) {
    throw new UserError(`the configuration of stack ${pulumi.getStack()}`, issues);
  }
  return toStackConfig(config, basePolicy.base);
}

function toStackConfig(config: PlainConfig, base: PolicySource | undefined): StackConfig {
  const { tailnet, operator, publicEdge, clusterDns, homepage } = config;
  const { chartVersion = CHART_VERSION } = operator;
  return {
    tailnet: {
      name: tailnet.name,
      policy:
        tailnet.policy === "managed"
          ? { mode: "managed", base, stack: pulumi.getStack(), replaces: tailnet.replacePolicy }
          : { mode: "verified" },
    },
    operator: { ...operator, chartVersion, credential: credentialSource(operator.credential) },
    publicEdge: publicEdge && {
      funnel: publicEdge.funnel,
      hostnames: publicHostnames(publicEdge),
      worker: workerSettings(publicEdge),
      originLock: originLock(publicEdge),
    },
    privateServices: privateServices(config),
    proxyClasses: proxyClasses(config),
    proxyGroups: proxyGroups(config),
    clusterDns: clusterDns && withNameserverImage(clusterDns, { ...operator, chartVersion }),
    homepage,
  };
}

function credentialSource(credential: PlainConfig["operator"]["credential"]): CredentialSource {
  if (credential.kind !== "existing") return credential;
  return {
    kind: "existing",
    clientId: secretValue("operatorClientId"),
    clientSecret: secretValue("operatorClientSecret"),
  };
}

/** The operator runs the nameserver, so its image follows the chart's version and registry unless the stack sets another. */
function withNameserverImage(
  { nameserver, stubZone }: NonNullable<PlainConfig["clusterDns"]>,
  { chartVersion, registry }: { readonly chartVersion: string; readonly registry?: string | undefined },
): ClusterDnsArgs {
  const { clusterIP, image = nameserverImage(chartVersion, registry) } = nameserver;
  return { nameserver: { image, clusterIP }, stubZone };
}

function workerSettings({ funnel, worker }: NonNullable<PlainConfig["publicEdge"]>) {
  const { name = funnel.hostname, origins, connectTimeout, responseTimeout, connections, pool } = worker;
  const { objects, location, idleTimeout } = pool;
  return {
    name,
    origins,
    connectTimeout,
    responseTimeout,
    pool: connections === "pooled" ? { objects, location, idleTimeout } : undefined,
  };
}

function originLock({ funnel, originLock: lock }: NonNullable<PlainConfig["publicEdge"]>): OriginLock {
  const settings: Partial<Exclude<typeof lock, boolean>> = typeof lock === "boolean" ? {} : lock;
  const enabled = lock !== false;
  const { serial = 1, enforce = enabled, entryPoints = [], ingressClass } = settings;
  const { namespace = funnel.backend.namespace } = settings;
  const place = {
    namespace,
    name: `${funnel.hostname}-lock`,
    entryPoints,
    ingressClass,
    // The Funnel's proxy speaks TLS to port 443 and to no other.
    tls: funnel.backend.port === 443,
  };
  return { enabled, serial, enforce, place };
}

function publicHostnames({
  hostnames,
  zones,
  via: defaultVia,
}: NonNullable<PlainConfig["publicEdge"]>): RequestedHostname[] {
  return hostnames.map((entry) => {
    const { host, via = defaultVia } = typeof entry === "string" ? { host: entry } : entry;
    // The rule hostnamesInZones guarantees a zone.
    return { host, via, zone: zoneOf(host, zones) ?? "" };
  });
}
