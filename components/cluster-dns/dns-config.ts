export interface NameserverArgs {
  /** Image and pinned version: `tailscale/k8s-nameserver:v1.96.5`. */
  readonly image: string;
  /** A free address of the cluster's Service network, to which CoreDNS is pointed. */
  readonly clusterIP: string;
}

/**
 * Builds the custom resource for which the operator runs a nameserver that knows the cluster's tailnet names.
 *
 * The image is given, because its default is the floating tag `stable`; and the address, because CoreDNS has
 * to be told one that stays.
 */
export function dnsConfigManifest({ image, clusterIP }: NameserverArgs) {
  const colon = image.lastIndexOf(":", image.includes("@") ? image.indexOf("@") : image.length);
  return {
    apiVersion: "tailscale.com/v1alpha1",
    kind: "DNSConfig",
    metadata: {
      name: "ts-dns",
      // Pulumi has no await of its own for it. Until then nothing answers at the address.
      annotations: { "pulumi.com/waitFor": "condition=NameserverReady" },
    },
    spec: {
      nameserver: {
        image: { repo: image.slice(0, colon), tag: image.slice(colon + 1) },
        service: { clusterIP },
      },
    },
  };
}
