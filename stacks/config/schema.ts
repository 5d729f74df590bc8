import { z } from "zod";
import { clusterDns, homepage, privateServices, proxyGroups } from "./private-schema.ts";
import { refused, strict } from "./strict-object.ts";
import {
  chartSource,
  chartVersion,
  dnsLabel,
  httpsUrl,
  path,
  publicName,
  source,
  tag,
  tailnetName,
} from "./text-fields.ts";
import { defaultVia, via } from "./via-schema.ts";

const tailnet = strict("The tailnet that the cluster is published on.", {
  name: tailnetName("The tailnet's DNS name."),
  policy: z.enum(["managed", "verified"]).meta({
    description:
      "managed: this stack writes the tailnet's policy; one stack per tailnet may. verified: it only checks it.",
  }),
  basePolicy: path(
    "Your own policy, HuJSON, to which what the stack needs is added; relative to the project's folder.",
  ).optional(),
});

const credential = z
  .discriminatedUnion(
    "kind",
    [
      strict("An OAuth client that this stack makes.", {
        kind: z.literal("oauth"),
        serial: z.int().min(1).default(1).meta({
          description: "Change it to rotate the client: the new one is made before the old one goes.",
        }),
      }),
      strict("The cluster's own service account tokens; no secret.", {
        kind: z.literal("federated"),
        issuer: httpsUrl("The cluster's OIDC issuer. Tailscale must reach its discovery document."),
      }),
      strict("The secrets tailnet-edge:operatorClientId and tailnet-edge:operatorClientSecret.", {
        kind: z.literal("existing"),
      }),
    ],
    { error: "oauth, federated, existing" },
  )
  .meta({ description: "How the operator logs in." });

const operator = strict("The Tailscale operator in the cluster.", {
  chartVersion: chartVersion(
    "Exact version of the chart tailscale-operator. Default: the version that this program is tested with.",
  ).optional(),
  chart: chartSource(
    "Where the chart comes from: a Helm repository (https://), a registry (oci://), or a path relative to the project's folder.",
  ).default("https://pkgs.tailscale.com/helmcharts"),
  namespace: dnsLabel("Namespace that is made for the operator and its proxies.").default("tailscale"),
  hostname: dnsLabel("Name of the operator's own device in the tailnet."),
  credential,
  tag: tag("The operator's own tag.").default("tag:k8s-operator"),
  proxyTags: z
    .array(tag("A tag of the tailnet's policy."))
    .min(1)
    .default(["tag:k8s"])
    .meta({ description: "Tags of the proxies, Funnel's among them." }),
});

const hostname = z.union(
  [
    publicName("A public hostname, published the stack's usual way."),
    strict("A public hostname and how it is published.", {
      host: publicName("The public hostname."),
      via: via.optional(),
    }),
  ],
  { error: "a host name, or { host: <name>, via: <way> }" },
);

const funnel = strict("The Funnel that Cloudflare sends everything to.", {
  hostname: dnsLabel("Name of the Funnel's device: the first label of its ts.net name."),
  backend: strict("The Service that routes by Host, such as Traefik's.", {
    namespace: dnsLabel("Namespace of the Service."),
    service: dnsLabel("Name of the Service."),
    port: z
      .int()
      .min(1)
      .max(65535)
      .meta({ description: "443 is spoken to with TLS, any other port without." }),
  }),
  allowFrom: z
    .array(source("A user, group, tag or autogroup of the policy."))
    .default(["autogroup:member"])
    .meta({ description: "Who may reach the Funnel's ts.net name inside the tailnet." }),
  proxyGroup: refused(
    "a proxy of the Funnel's own: the operator ignores Funnel on a ProxyGroup, and nothing would be published",
    "take proxyGroup out; a private service may have one",
  ),
});

const publicEdge = strict("The public side: Cloudflare zones and the Funnel behind them.", {
  funnel,
  zones: z
    .array(publicName("A Cloudflare zone."))
    .min(1)
    .meta({ description: "The Cloudflare zones that hostnames may be in." }),
  via: defaultVia,
  hostnames: z
    .array(hostname)
    .meta({ description: "What is published, a line each. A zone's apex may be one." }),
});

/** The plain part of a stack's configuration: the keys of the namespace `tailnet-edge` that hold no secret. */
export const configSchema = strict("", {
  tailnet,
  operator,
  publicEdge: publicEdge.optional(),
  privateServices: privateServices.default([]),
  proxyGroups: proxyGroups.default([]),
  clusterDns: clusterDns.optional(),
  homepage: homepage.optional(),
});

export type PlainConfig = z.output<typeof configSchema>;
