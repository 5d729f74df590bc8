import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RequestedHostname } from "../../components/public-edge/resolve-via.ts";
import { zoneOf } from "../../components/public-edge/hostname.ts";
import type { PrivateService } from "../../components/private-services/private-service.ts";
import { type ConfigIssue, UserError } from "../../components/config-issue.ts";
import type { ClusterDnsArgs } from "../../components/cluster-dns/cluster-dns.ts";
import { CHART_VERSION, nameserverImage } from "../../components/operator/chart-version.ts";
import type { CredentialSource } from "../../components/tailnet/operator-credential.ts";
import { parsePolicyFile } from "../../components/tailnet/policy/document.ts";
import type { PolicySource } from "../../components/tailnet/policy/policy.ts";
import type { PolicyKeeping } from "../../components/tailnet/tailnet.ts";
import { crossIssues } from "./cross-rules.ts";
import { issuesFromZod, settingPath, show, valueAt } from "./issue-from-zod.ts";
import { type ProxyGroup, privateServices, proxyGroups } from "./private-config.ts";
import { privateIssues } from "./private-rules.ts";
import { type PlainConfig, configSchema } from "./schema.ts";
import { type RawConfig, SECRET_KEYS, credentialIssues, secrecyIssues, secretValue } from "./secrets.ts";

const PROJECT_FOLDER = resolve(import.meta.dirname, "..", "..");
const NAMESPACE = "tailnet-edge:";

/** What a stack is configured to be: checked, completed, and in the components' own terms. */
export interface StackConfig {
  readonly tailnet: { readonly name: string; readonly policy: PolicyKeeping };
  readonly operator: Omit<PlainConfig["operator"], "chartVersion" | "credential"> & {
    readonly chartVersion: string;
    readonly credential: CredentialSource;
  };
  /** Undefined for a cluster that publishes nothing on the internet. */
  readonly publicEdge:
    | {
        readonly funnel: NonNullable<PlainConfig["publicEdge"]>["funnel"];
        readonly hostnames: readonly RequestedHostname[];
      }
    | undefined;
  readonly privateServices: readonly PrivateService[];
  readonly proxyGroups: readonly ProxyGroup[];
  /** Undefined for a cluster whose pods need no ts.net names. */
  readonly clusterDns: ClusterDnsArgs | undefined;
  /** Undefined for a cluster without Homepage. */
  readonly homepage: PlainConfig["homepage"];
}

/**
 * Reads the current stack's configuration: the one place that does.
 *
 * @throws UserError with every issue of it at once, before any resource is registered
 */
export function readStackConfig(): StackConfig {
  const subject = `the configuration of stack ${pulumi.getStack()}`;
  const raw = rawConfig();
  const values = plainValues(raw);
  const { data: config, error } = configSchema.safeParse(values);
  const basePolicy = readBasePolicy(values);
  const issues: readonly ConfigIssue[] = [
    ...secrecyIssues(raw),
    ...(error?.issues ?? [])
      // Left out of the values, and so missing; that it is encrypted is told already.
      .filter(({ path }) => !raw.isSecret(settingPath(path.slice(0, 1))))
      .flatMap((issue) => issuesFromZod(issue, values)),
    ...crossIssues(values),
    ...privateIssues(values),
    ...credentialIssues(values, raw),
    ...basePolicy.issues,
  ];
  if (config === undefined || issues.length > 0) throw new UserError(subject, issues);
  return toStackConfig(config, basePolicy.base);
}

function rawConfig(): RawConfig {
  // The SDK keeps this out of its types. Nothing else tells an encrypted value from one in plain text.
  const { isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
    isConfigSecret: (key: string) => boolean;
  };
  return { values: pulumi.runtime.allConfig(), isSecret: isConfigSecret };
}

/**
 * The plain keys of the namespace, parsed from the texts that Pulumi hands over. Encrypted ones are left out,
 * for a issue would show what stands in them.
 */
function plainValues({ values, isSecret }: RawConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key, value]) => key.startsWith(NAMESPACE) && !isSecret(key) && !isUnset(key, value))
      .map(([key, value]): [string, unknown] => [key.slice(NAMESPACE.length), parseJson(value)])
      .filter(([key]) => !(SECRET_KEYS as readonly string[]).includes(key)),
  );
}

/** An empty object is what Pulumi.yaml gives an optional key by default; in any other it is a mistake. */
function isUnset(key: string, value: string): boolean {
  const schema = Object.entries(configSchema.shape).find(([name]) => NAMESPACE + name === key)?.[1];
  return value === "{}" && schema?.safeParse(undefined).success === true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The user's own policy: its text, or why there is none. */
function readBasePolicy(values: unknown): { base?: PolicySource; issues: readonly ConfigIssue[] } {
  const source = valueAt(values, ["tailnet", "basePolicy"]);
  if (typeof source !== "string") return { issues: [] };
  try {
    // A byte order mark is no part of the text, and no HuJSON.
    const text = readFileSync(resolve(PROJECT_FOLDER, source), "utf8").replace(/^\uFEFF/, "");
    return { base: { source, text }, issues: parsePolicyFile(text, source).issues };
  } catch (error) {
    const issue = {
      path: settingPath(["tailnet", "basePolicy"]),
      found: `${show(source, ["basePolicy"])}, which cannot be read as a file (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      allowed: "the path of a HuJSON file, relative to the project's folder",
      fix: "mend the path, or take basePolicy out to start from an empty policy",
    };
    return { issues: [issue] };
  }
}

function toStackConfig(config: PlainConfig, base: PolicySource | undefined): StackConfig {
  const { tailnet, operator, publicEdge, clusterDns, homepage } = config;
  const { chartVersion = CHART_VERSION } = operator;
  return {
    tailnet: {
      name: tailnet.name,
      policy: tailnet.policy === "managed" ? { mode: "managed", base } : { mode: "verified" },
    },
    operator: { ...operator, chartVersion, credential: credentialSource(operator.credential) },
    publicEdge: publicEdge && { funnel: publicEdge.funnel, hostnames: publicHostnames(publicEdge) },
    privateServices: privateServices(config),
    proxyGroups: proxyGroups(config),
    clusterDns: clusterDns && withNameserverImage(clusterDns, chartVersion),
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

/** The operator runs the nameserver, so its image follows the chart's version unless the stack names another. */
function withNameserverImage(
  { nameserver, stubZone }: NonNullable<PlainConfig["clusterDns"]>,
  chartVersion: string,
): ClusterDnsArgs {
  const { clusterIP, image = nameserverImage(chartVersion) } = nameserver;
  return { nameserver: { image, clusterIP }, stubZone };
}

function publicHostnames({
  hostnames,
  zones,
  via: usual,
}: NonNullable<PlainConfig["publicEdge"]>): RequestedHostname[] {
  return hostnames.map((entry) => {
    const { host, via = usual } = typeof entry === "string" ? { host: entry } : entry;
    // The cross rules have made sure that it is in one.
    return { host, via, zone: zoneOf(host, zones) ?? "" };
  });
}
