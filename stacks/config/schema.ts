import { z } from "zod";
import { clusterDns, homepage, proxyGroups } from "./cluster-schema.ts";
import { dnsLabel, objectName, publicName, tailnetName } from "./name-fields.ts";
import { port } from "./number-fields.ts";
import { operator } from "./operator-schema.ts";
import { originLock } from "./origin-lock-schema.ts";
import { privateServices } from "./private-schema.ts";
import { proxyClasses } from "./proxy-class-schema.ts";
import { refused, strict } from "./strict-object.ts";
import { path, policyChecksum, source } from "./text-fields.ts";
import { defaultVia, via } from "./via-schema.ts";
import { worker } from "./worker-schema.ts";

const tailnet = strict("The tailnet that the cluster is published on.", {
  name: tailnetName("The tailnet's DNS name."),
  policy: z.enum(["managed", "verified"]).meta({
    description:
      "managed: this stack writes the tailnet's policy. Only one stack per tailnet can. verified: this stack only checks the policy.",
  }),
  basePolicy: path(
    "Path of your own policy file (HuJSON), relative to the project's folder. It is preserved, and what the stack needs is added.",
  ).optional(),
  replacePolicy: policyChecksum(
    "Checksum of a live policy that the stack may replace although entries of it are lost. The error that lists them prints it.",
  ).optional(),
});

const hostname = z.union(
  [
    publicName("A public hostname, published with the default via."),
    strict("A public hostname and how it is published.", {
      host: publicName("The public hostname."),
      via: via.optional(),
    }),
  ],
  { error: "a hostname, or { host: <name>, via: <via> }" },
);

const funnel = strict("The Funnel that receives all traffic from Cloudflare.", {
  hostname: dnsLabel("Hostname of the Funnel's device: the first label of its ts.net name."),
  ingressName: objectName(
    "Name of the Ingress in the backend's namespace. Default: hostname. Set it to adopt an Ingress with another name.",
  ).optional(),
  backend: strict("The Service that routes requests by Host, such as Traefik.", {
    namespace: dnsLabel("Namespace of the Service."),
    service: dnsLabel("Name of the Service."),
    port: port("Port of the Service. The proxy uses TLS for 443 only."),
  }),
  allowFrom: z
    .array(source("A user, group, tag or autogroup of the policy."))
    .default(["autogroup:member"])
    .meta({ description: "Who can reach the Funnel's ts.net name from the tailnet." }),
  proxyClass: objectName("ProxyClass of its proxy's pod. Default: operator.proxyClass.").optional(),
  proxyGroup: refused(
    "no ProxyGroup for the Funnel: the operator ignores Funnel on a ProxyGroup, so nothing would be published",
    "remove proxyGroup; only private services can use one",
  ),
});

const publicEdge = strict("The public edge: Cloudflare zones and the Funnel that serves them.", {
  funnel,
  zones: z
    .array(publicName("A Cloudflare zone."))
    .min(1)
    .meta({ description: "The Cloudflare zones of the hostnames." }),
  via: defaultVia,
  hostnames: z.array(hostname).meta({ description: "The published hostnames. A zone's apex is allowed." }),
  worker,
  originLock,
});

/** The fields of a stack's configuration: the keys of the namespace `tailnet-edge`, except the secrets. */
export const configFields = strict("", {
  tailnet,
  operator,
  publicEdge: publicEdge.optional(),
  privateServices: privateServices.default([]),
  proxyClasses: proxyClasses.default([]),
  proxyGroups: proxyGroups.default([]),
  clusterDns: clusterDns.optional(),
  homepage: homepage.optional(),
});

/** A configuration as the stack's file has it. */
export type ConfigInput = z.input<typeof configFields>;

/** A configuration with every default filled in. */
export type PlainConfig = z.output<typeof configFields>;
