export interface NameserverArgs {
  /** Image and pinned version: see {@link nameserverImage}. */
  readonly image: string;
  /** A free address of the cluster's Service network. CoreDNS forwards to it. */
  readonly clusterIP: string;
}

/**
 * Builds the custom resource that makes the operator run a nameserver for the cluster's ts.net names.
 *
 * It sets the image, because the default is the floating tag `stable`, and the address, because CoreDNS needs
 * one that never changes.
 */
export function dnsConfigManifest({ image, clusterIP }: NameserverArgs) {
  const colon = image.lastIndexOf(":", image.includes("@") ? image.indexOf("@") : image.length);
  return {
    apiVersion: "tailscale.com/v1alpha1",
    kind: "DNSConfig",
    metadata: {
      name: "ts-dns",
      // Pulumi does not wait for this kind by default, and nothing answers at the address until it is ready.
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
