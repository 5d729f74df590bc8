import type { Input } from "@pulumi/pulumi";
import { DEFAULT_PRIORITY_CLASS, PRIORITY_CLASS_ANNOTATION } from "./priority-class.ts";

/** The values of the chart `tailscale-operator` that this program sets, under the chart's names. */
export interface ChartValues {
  readonly operatorConfig: {
    /** Name of the operator's device in the tailnet. */
    readonly hostname: string;
    readonly defaultTags: readonly string[];
    readonly podAnnotations: Readonly<Record<string, Input<string>>>;
    readonly image?: { readonly repository: string };
  };
  readonly proxyConfig: {
    /** Comma-separated, unlike `operatorConfig.defaultTags`. */
    readonly defaultTags: string;
    readonly defaultProxyClass?: string;
    readonly image?: { readonly repository: string };
  };
  /** Of the operator's pod. Proxies have theirs in a ProxyClass. */
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  /** Set only for workload identity. The chart requires it to be absent when the Secret already exists. */
  readonly oauth?: { readonly clientId: Input<string>; readonly audience: Input<string> };
  /** Set only for a Secret of another name than the chart's. It would override `oauth`. */
  readonly oauthSecretVolume?: { readonly secret: { readonly secretName: string } };
}

/** Name of the Secret that the chart mounts by default. */
export const CHART_SECRET_NAME = "operator-oauth";

/** Name of the IngressClass that this program's Ingresses have. */
export const INGRESS_CLASS = "tailscale";

export interface ChartValuesArgs {
  readonly hostname: string;
  readonly operatorTag: string;
  readonly proxyTags: readonly string[];
  /** Changes with the credential; see {@link CREDENTIAL_ANNOTATION}. */
  readonly credentialFingerprint: Input<string>;
  readonly secretName: string;
  /** Priority class of the operator's pod. Empty for none. */
  readonly priorityClass: string;
  /** A registry or mirror, with its path, that has Docker Hub's images under their names: `<registry>/tailscale/…`. */
  readonly registry?: string | undefined;
  readonly pullSecrets: readonly string[];
  /** ProxyClass of the exposures and ProxyGroups that name none. */
  readonly proxyClass?: string | undefined;
  readonly federated?: { readonly clientId: Input<string>; readonly audience: Input<string> };
}

/**
 * Annotation of the operator's pod. The operator reads its credential once, at start, and the chart has no
 * checksum annotation: without this one, a rotation leaves the pod running with a revoked key (tailscale #16986).
 */
export const CREDENTIAL_ANNOTATION = "tailnet-edge/credential-fingerprint";

/** Builds the chart's values. */
export function chartValues(args: ChartValuesArgs): ChartValues {
  const { registry, proxyClass, pullSecrets, priorityClass } = args;
  const images = registry === undefined ? undefined : repositories(registry);
  return {
    operatorConfig: {
      hostname: args.hostname,
      defaultTags: [args.operatorTag],
      podAnnotations: {
        [CREDENTIAL_ANNOTATION]: args.credentialFingerprint,
        ...(priorityClass !== DEFAULT_PRIORITY_CLASS && { [PRIORITY_CLASS_ANNOTATION]: priorityClass }),
      },
      ...(images && { image: { repository: images.operator } }),
    },
    proxyConfig: {
      defaultTags: args.proxyTags.join(","),
      ...(proxyClass !== undefined && { defaultProxyClass: proxyClass }),
      ...(images && { image: { repository: images.proxy } }),
    },
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecretReferences(pullSecrets) }),
    ...(args.federated && { oauth: args.federated }),
    ...(!args.federated &&
      args.secretName !== CHART_SECRET_NAME && {
        oauthSecretVolume: { secret: { secretName: args.secretName } },
      }),
  };
}

/** Returns the repositories of the operator's and the proxies' image in a registry. */
export function repositories(registry: string) {
  return { operator: `${registry}/tailscale/k8s-operator`, proxy: `${registry}/tailscale/tailscale` };
}

/** Returns references to image pull Secrets, as a pod has them. */
export function pullSecretReferences(names: readonly string[]) {
  return names.map((name) => ({ name }));
}
