import { valueAt } from "../../values.ts";
import { type KubernetesObject, stringAt } from "../api-server/objects.ts";

/** What the model reads from the pod template of the operator's Deployment. */
export interface OperatorTemplate {
  /** The whole template as JSON. A different text is a changed template. */
  readonly text: string;
  readonly image: string;
  readonly hostname: string;
  readonly tags: readonly string[];
  readonly proxyTags: readonly string[];
  readonly ingressClass: string;
  /** ProxyClass of proxies that name none. */
  readonly proxyClass?: string;
  /** Empty for none. */
  readonly priorityClass: string;
  /** The mounted Secret, or the client ID of a workload identity. */
  readonly credential: { readonly secretName: string } | { readonly clientId: string };
}

/** Reads what the chart writes there (`deploy/chart/templates/deployment.yaml`). */
export function templateOf(deployment: KubernetesObject): OperatorTemplate {
  const template = valueAt(deployment.spec, ["template"]);
  const env = (valueAt(template, ["spec", "containers", 0, "env"]) ?? []) as readonly {
    name: string;
    value?: string;
  }[];
  const variable = (name: string) => env.find((one) => one.name === name)?.value;
  const containerImage = valueAt(template, ["spec", "containers", 0, "image"]) as string | undefined;
  const clientId = variable("CLIENT_ID");
  const proxyClass = variable("PROXY_DEFAULT_CLASS");
  const volumes = (valueAt(template, ["spec", "volumes"]) ?? []) as readonly unknown[];
  const secretName =
    volumes.map((volume) => stringAt(volume, "secret", "secretName")).find(Boolean) ?? "operator-oauth";
  return {
    text: JSON.stringify(template),
    image: containerImage ?? "",
    hostname: variable("OPERATOR_HOSTNAME") ?? "tailscale-operator",
    tags: (variable("OPERATOR_INITIAL_TAGS") ?? "").split(","),
    proxyTags: (variable("PROXY_TAGS") ?? "").split(","),
    ingressClass: variable("OPERATOR_INGRESS_CLASS_NAME") ?? "tailscale",
    ...(proxyClass !== undefined && { proxyClass }),
    priorityClass: stringAt(template, "spec", "priorityClassName") ?? "",
    credential: clientId === undefined ? { secretName } : { clientId },
  };
}
