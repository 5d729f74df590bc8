import type { Input } from "@pulumi/pulumi";

/** The values of the chart `tailscale-operator` that this program sets, under the chart's names. */
export interface ChartValues {
  readonly operatorConfig: {
    /** Name of the operator's device in the tailnet. */
    readonly hostname: string;
    readonly defaultTags: readonly string[];
    readonly podAnnotations: Readonly<Record<string, Input<string>>>;
  };
  readonly proxyConfig: {
    /** Comma-separated, unlike `operatorConfig.defaultTags`. */
    readonly defaultTags: string;
  };
  /** Set only for workload identity. The chart requires it to be absent when the Secret already exists. */
  readonly oauth?: { readonly clientId: Input<string>; readonly audience: Input<string> };
  /** Set only for a Secret of another name than the chart's. It would override `oauth`. */
  readonly oauthSecretVolume?: { readonly secret: { readonly secretName: string } };
}

/** Name of the Secret that the chart mounts by default. */
export const CHART_SECRET_NAME = "operator-oauth";

export interface ChartValuesArgs {
  readonly hostname: string;
  readonly operatorTag: string;
  readonly proxyTags: readonly string[];
  /** Changes with the credential; see {@link CREDENTIAL_ANNOTATION}. */
  readonly credentialFingerprint: Input<string>;
  readonly secretName: string;
  readonly federated?: { readonly clientId: Input<string>; readonly audience: Input<string> };
}

/**
 * Annotation of the operator's pod. The operator reads its credential once, at start, and the chart has no
 * checksum annotation: without this one, a rotation leaves the pod running with a revoked key (tailscale #16986).
 */
export const CREDENTIAL_ANNOTATION = "tailnet-edge/credential-fingerprint";

/** Builds the chart's values. */
export function chartValues(args: ChartValuesArgs): ChartValues {
  return {
    operatorConfig: {
      hostname: args.hostname,
      defaultTags: [args.operatorTag],
      podAnnotations: { [CREDENTIAL_ANNOTATION]: args.credentialFingerprint },
    },
    proxyConfig: { defaultTags: args.proxyTags.join(",") },
    ...(args.federated && { oauth: args.federated }),
    ...(!args.federated &&
      args.secretName !== CHART_SECRET_NAME && {
        oauthSecretVolume: { secret: { secretName: args.secretName } },
      }),
  };
}
