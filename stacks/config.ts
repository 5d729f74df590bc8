import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { AskedHostname } from "../components/edge/chosen-way.ts";
import { zoneOf } from "../components/edge/hostname.ts";
import type { PrivateService } from "../components/exposure/private-service.ts";
import { type Fault, UserError } from "../components/faults.ts";
import type { CredentialSource } from "../components/tailnet/operator-credential.ts";
import type { PolicyKeeping } from "../components/tailnet/tailnet.ts";
import { crossFaults } from "./cross-rules.ts";
import { faultsFromIssue, settingPath, show, valueAt } from "./fault-from-issue.ts";
import { type ProxyGroup, privateServices, proxyGroups } from "./private-config.ts";
import { privateFaults } from "./private-rules.ts";
import { type PlainConfig, configSchema } from "./schema.ts";
import { type RawConfig, SECRET_KEYS, credentialFaults, secrecyFaults, secretValue } from "./secrets.ts";

const PROJECT_FOLDER = resolve(import.meta.dirname, "..");
const NAMESPACE = "tailnet-edge:";

/** What a stack is configured to be: checked, completed, and in the components' own terms. */
export interface StackConfig {
  readonly tailnet: { readonly name: string; readonly policy: PolicyKeeping };
  readonly operator: Omit<PlainConfig["operator"], "credential"> & { readonly credential: CredentialSource };
  /** Undefined for a cluster that publishes nothing on the internet. */
  readonly publicEdge:
    | {
        readonly funnel: NonNullable<PlainConfig["publicEdge"]>["funnel"];
        readonly hostnames: readonly AskedHostname[];
      }
    | undefined;
  readonly privateServices: readonly PrivateService[];
  readonly proxyGroups: readonly ProxyGroup[];
  /** Undefined for a cluster whose pods need no ts.net names. */
  readonly clusterDns: PlainConfig["clusterDns"];
  /** Undefined for a cluster without Homepage. */
  readonly homepage: PlainConfig["homepage"];
}

/**
 * Reads the current stack's configuration: the one place that does.
 *
 * @throws UserError with every fault of it at once, before any resource is registered
 */
export function readStackConfig(): StackConfig {
  const subject = `the configuration of stack ${pulumi.getStack()}`;
  const raw = rawConfig();
  const values = plainValues(raw);
  const { data: config, error } = configSchema.safeParse(values);
  const faults: readonly Fault[] = [
    ...secrecyFaults(raw),
    ...(error?.issues ?? [])
      // Left out of the values, and so missing; that it is encrypted is told already.
      .filter(({ path }) => !raw.isSecret(settingPath(path.slice(0, 1))))
      .flatMap((issue) => faultsFromIssue(issue, values)),
    ...crossFaults(values),
    ...privateFaults(values),
    ...credentialFaults(values, raw),
    ...basePolicyFaults(values),
  ];
  if (config === undefined || faults.length > 0) throw new UserError(subject, faults);
  return toStackConfig(config);
}

function rawConfig(): RawConfig {
  // The SDK keeps this out of its types. Nothing else tells an encrypted value from one in plain text.
  const { isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
    isConfigSecret: (key: string) => boolean;
  };
  return { values: pulumi.runtime.allConfig(), isSecret: isConfigSecret };
}

/**
 * The plain keys of the namespace, parsed from the texts that Pulumi hands over. An empty object or text is
 * what Pulumi.yaml gives a key by default, and means that the key is not set. Encrypted ones are left out, for
 * a fault would show what stands in them.
 */
function plainValues({ values, isSecret }: RawConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key, value]) => key.startsWith(NAMESPACE) && value !== "{}" && !isSecret(key))
      .map(([key, value]): [string, unknown] => [key.slice(NAMESPACE.length), parseJson(value)])
      .filter(([key]) => !(SECRET_KEYS as readonly string[]).includes(key)),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function basePolicyFaults(values: unknown): readonly Fault[] {
  const basePolicy = valueAt(values, ["tailnet", "basePolicy"]);
  if (typeof basePolicy !== "string" || existsSync(resolve(PROJECT_FOLDER, basePolicy))) return [];
  return [
    {
      path: settingPath(["tailnet", "basePolicy"]),
      found: `${show(basePolicy, ["basePolicy"])}, where no file is`,
      allowed: "the path of a HuJSON file, relative to the project's folder",
      mend: "mend the path, or take basePolicy out to start from an empty policy",
    },
  ];
}

function toStackConfig(config: PlainConfig): StackConfig {
  const { tailnet, operator, publicEdge, clusterDns, homepage } = config;
  return {
    tailnet: { name: tailnet.name, policy: policyKeeping(tailnet) },
    operator: { ...operator, credential: credentialSource(operator.credential) },
    publicEdge: publicEdge && { funnel: publicEdge.funnel, hostnames: publicHostnames(publicEdge) },
    privateServices: privateServices(config),
    proxyGroups: proxyGroups(config),
    clusterDns,
    homepage,
  };
}

function policyKeeping({ policy, basePolicy }: PlainConfig["tailnet"]): PolicyKeeping {
  if (policy === "verified") return { mode: policy };
  if (basePolicy === undefined) return { mode: policy };
  const text = readFileSync(resolve(PROJECT_FOLDER, basePolicy), "utf8");
  return { mode: policy, base: { source: basePolicy, text } };
}

function credentialSource(credential: PlainConfig["operator"]["credential"]): CredentialSource {
  if (credential.kind !== "existing") return credential;
  return {
    kind: "existing",
    clientId: secretValue("operatorClientId"),
    clientSecret: secretValue("operatorClientSecret"),
  };
}

function publicHostnames({
  hostnames,
  zones,
  via: usual,
}: NonNullable<PlainConfig["publicEdge"]>): AskedHostname[] {
  return hostnames.map((entry) => {
    const { host, via = usual } = typeof entry === "string" ? { host: entry } : entry;
    // The cross rules have made sure that it is in one.
    return { host, via, zone: zoneOf(host, zones) ?? "" };
  });
}
