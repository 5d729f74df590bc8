import { compare, inc } from "semver";
import { CHART_VERSION } from "../../../../components/operator/chart-version.ts";
import { isRecord, type Props } from "../../values.ts";
import { pluralOf } from "../api-server/objects.ts";

/** The next minor version, to upgrade to. The vendor need not have released it. */
export const NEXT_CHART_VERSION = inc(CHART_VERSION, "minor") ?? CHART_VERSION;

/** Versions of the `tailscale-operator` chart in the Helm repository of the sandbox, oldest first. */
export const CHART_VERSIONS: readonly string[] = [
  ...new Set(["1.94.2", "1.98.4", "1.104.5", CHART_VERSION, NEXT_CHART_VERSION]),
].sort(compare);

const CUSTOM_KINDS = [
  "Connector",
  "DNSConfig",
  "ProxyClass",
  "ProxyGroup",
  "ProxyGroupPolicy",
  "Recorder",
  "Tailnet",
];

/** Default values of the chart, as far as the model renders them (`deploy/chart/values.yaml`). */
const DEFAULTS: Props = {
  oauth: { clientId: "", audience: "" },
  oauthSecretVolume: {},
  installCRDs: true,
  operatorConfig: {
    defaultTags: ["tag:k8s-operator"],
    image: { repository: "tailscale/k8s-operator", tag: "", digest: "" },
    hostname: "tailscale-operator",
    podAnnotations: {},
    podLabels: {},
    extraEnv: [],
  },
  ingressClass: { name: "tailscale", enabled: true },
  proxyConfig: { defaultTags: "tag:k8s" },
};

/**
 * Renders the objects of the chart that matter in the sandbox: definitions, service accounts, IngressClass, the
 * operator's Deployment, and the Secret if `oauth.clientId` is set (module tailscale.com,
 * `cmd/k8s-operator/deploy/chart/templates/`).
 *
 * @throws Error for values that render an object that the API server refuses
 */
export function renderChart(version: string, values: Props, namespace: string): Props[] {
  const merged = merge(DEFAULTS, values);
  const oauth = merged["oauth"] as { clientId: string; clientSecret?: string; audience: string };
  const ingressClass = merged["ingressClass"] as { name: string; enabled: boolean };
  return [
    ...(merged["installCRDs"] === true ? CUSTOM_KINDS.map(definition) : []),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "operator", namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "proxies", namespace } },
    ...(oauth.clientId !== "" && oauth.audience === "" ? [chartSecret(oauth, namespace)] : []),
    deployment(version, merged, namespace),
    ...(ingressClass.enabled
      ? [
          {
            apiVersion: "networking.k8s.io/v1",
            kind: "IngressClass",
            metadata: { name: ingressClass.name },
            spec: { controller: "tailscale.com/ts-ingress" },
          },
        ]
      : []),
  ];
}

function deployment(version: string, values: Props, namespace: string): Props {
  const operator = values["operatorConfig"] as Readonly<Record<string, unknown>>;
  const oauth = values["oauth"] as { clientId: string; audience: string };
  const { defaultTags: proxyTags, defaultProxyClass = "" } = values["proxyConfig"] as {
    defaultTags: unknown;
    defaultProxyClass?: string;
  };
  const { name: ingressClass } = values["ingressClass"] as { name: string };
  if (typeof proxyTags !== "string") {
    throw new Error(
      "Deployment in version v1 cannot be handled: EnvVar.value of PROXY_TAGS: a list is not a string",
    );
  }
  const annotations = operator["podAnnotations"] as Readonly<Record<string, unknown>>;
  const invalid = Object.keys(annotations).find((key) => typeof annotations[key] !== "string");
  if (invalid !== undefined) {
    throw new Error(
      `Deployment in version v1 cannot be handled: metadata.annotations: ${invalid} is not a string`,
    );
  }
  const federated = oauth.audience !== "";
  const volume =
    isRecord(values["oauthSecretVolume"]) && Object.keys(values["oauthSecretVolume"]).length > 0
      ? { name: "oauth", ...values["oauthSecretVolume"] }
      : federated
        ? {
            name: "oidc-jwt",
            projected: { sources: [{ serviceAccountToken: { audience: oauth.audience } }] },
          }
        : { name: "oauth", secret: { secretName: "operator-oauth" } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "operator", namespace },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      template: {
        metadata: { annotations, labels: { app: "operator", ...(operator["podLabels"] as Props) } },
        spec: {
          serviceAccountName: "operator",
          volumes: [volume],
          containers: [
            {
              name: "operator",
              image: imageOf(operator["image"] as Image, version),
              env: [
                { name: "OPERATOR_INITIAL_TAGS", value: [operator["defaultTags"]].flat().join(",") },
                { name: "OPERATOR_HOSTNAME", value: operator["hostname"] },
                { name: "OPERATOR_INGRESS_CLASS_NAME", value: ingressClass },
                { name: "PROXY_TAGS", value: proxyTags },
                ...(defaultProxyClass === ""
                  ? []
                  : [{ name: "PROXY_DEFAULT_CLASS", value: defaultProxyClass }]),
                ...(federated ? [{ name: "CLIENT_ID", value: oauth.clientId }] : []),
                ...(operator["extraEnv"] as readonly unknown[]),
              ],
            },
          ],
        },
      },
    },
  };
}

interface Image {
  readonly repo?: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

function imageOf({ repo, repository, tag, digest }: Image, version: string): string {
  return `${repo ?? repository}${digest === "" ? `:${tag || `v${version}`}` : `@${digest}`}`;
}

function definition(kind: string): Props {
  const plural = pluralOf(kind);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.tailscale.com` },
    spec: { group: "tailscale.com", names: { kind, plural } },
  };
}

function chartSecret(
  { clientId, clientSecret = "" }: { clientId: string; clientSecret?: string },
  namespace: string,
): Props {
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "operator-oauth", namespace },
    data: { client_id: encoded(clientId), client_secret: encoded(clientSecret) },
  };
}

/** Values over defaults, as Helm merges them: maps by key, any other value as a whole. */
function merge(defaults: Props, values: Props): Props {
  const merged = Object.entries(values).map(([key, value]) => {
    const before = defaults[key];
    return [key, isRecord(before) && isRecord(value) ? merge(before, value) : value];
  });
  return { ...defaults, ...(Object.fromEntries(merged) as Props) };
}
