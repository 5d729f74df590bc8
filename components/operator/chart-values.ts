import type { Input } from "@pulumi/pulumi";

/** The values of the `tailscale-operator` chart that this program sets, as the chart spells them. */
export interface ChartValues {
  readonly operatorConfig: {
    /** Name of the operator's own device in the tailnet. */
    readonly hostname: string;
    readonly defaultTags: readonly string[];
    readonly podAnnotations: Readonly<Record<string, Input<string>>>;
  };
  readonly proxyConfig: {
    /** Comma-separated, unlike the operator's own tags. */
    readonly defaultTags: string;
  };
  /** Set only for workload identity. With a Secret made beforehand the chart wants it left out. */
  readonly oauth?: { readonly clientId: Input<string>; readonly audience: Input<string> };
}

export interface ChartValuesArgs {
  readonly hostname: string;
  readonly operatorTag: string;
  readonly proxyTags: readonly string[];
  /** Changes with the credential; see {@link CREDENTIAL_ANNOTATION}. */
  readonly credentialFingerprint: Input<string>;
  readonly federated?: { readonly clientId: Input<string>; readonly audience: Input<string> };
}

/**
 * Annotation of the operator's pod. The operator reads its credential once, at start, and the chart has no
 * checksum annotation: without this one a rotation leaves it running on a revoked key (tailscale #16986).
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
  };
}
