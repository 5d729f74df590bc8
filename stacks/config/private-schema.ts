import { z } from "zod";
import { refused, strict } from "./strict-object.ts";
import { dnsLabel, ipAddress, line, pinnedImage, publicName, source, tag } from "./text-fields.ts";

const port = (description: string) => z.int().min(1).max(65535).meta({ description });

const tags = z.array(tag("A tag of the tailnet's policy.")).min(1).optional();

const servicePort = z
  .union(
    [
      port("A TCP port, the same on the Service and its pods."),
      strict("A TCP port of the Service, and the pods' port behind it.", {
        port: port("The Service's port."),
        targetPort: z
          .union([port("A number."), dnsLabel("A port's name.")], { error: "a port, or a port's name" })
          .meta({ description: "The pods' port, by number or name." }),
      }),
    ],
    { error: "a port, or { port: <number>, targetPort: <number or name> }" },
  )
  .transform((entry) => (typeof entry === "number" ? { port: entry, targetPort: entry } : entry));

const servicePorts = z.array(servicePort).min(1).meta({ description: "TCP ports." });

const texts = z.record(z.string(), z.string()).default({});

const selector = z
  .record(z.string(), z.string())
  .refine((labels) => Object.keys(labels).length > 0, {
    params: {
      allowed: "every label by which the pods are told from all others; at least one",
      fix: "copy the whole selector of the Service that has these pods now",
    },
  })
  .meta({ description: "Labels of the pods, all of them: of a database the cluster and the role." });

/** What an object that was there before has beside what its kind needs. */
const legacyObject = {
  annotations: texts.meta({ description: "Its other annotations, to be made again with it." }),
  labels: texts.meta({ description: "Its labels, to be made again with it." }),
  adopt: z.boolean().default(false).meta({
    description:
      "true: the object is there already, made by somebody else, and the next up takes it over. Take it out after that up.",
  }),
};

const legacyBacking = strict(
  "The backing Service was a MetalLB LoadBalancer itself; in the end, a ClusterIP.",
  {
    address: ipAddress("Its address; without one MetalLB chooses.").optional(),
  },
);

const common = {
  name: dnsLabel("What the stack calls it. Its resources keep their identity by it."),
  hostname: dnsLabel("Its device's name, the first label of its ts.net name; by default, name.").optional(),
  namespace: dnsLabel("Namespace of what is exposed."),
  tags: tags.meta({ description: "Tags of its device; by default operator.proxyTags." }),
  allowFrom: z
    .array(source("A user, group, tag or autogroup of the policy."))
    .min(1)
    .meta({ description: "Who may reach it over the tailnet. Nobody else of the stack's own may." }),
  phase: z.enum(["legacy", "coexist", "tailnet"]).default("tailnet").meta({
    description: "legacy: reached as before. coexist: both ways. tailnet: by the tailnet alone.",
  }),
  proxyClass: dnsLabel("A ProxyClass of the cluster, for its proxy's pod.").optional(),
  proxyGroup: dnsLabel("A ProxyGroup of proxyGroups, which then serves it from several pods.").optional(),
  funnel: refused(
    "private services are reached over the tailnet alone; Funnel is for publicEdge, and has no effect on a ProxyGroup",
    "take funnel out, or publish a hostname under publicEdge",
  ),
};

export const loadBalancerSchema = strict("Any TCP protocol: a Service of its own that selects the pods.", {
  kind: z.literal("loadBalancer"),
  ...common,
  ports: servicePorts,
  selector,
  legacy: strict("How it was reached before.", {
    loadBalancer: strict("A MetalLB Service of its own.", {
      service: dnsLabel("The Service's name."),
      address: ipAddress("Its address, from MetalLB."),
      ports: servicePorts,
      selector,
      ...legacyObject,
    }),
  }).optional(),
});

export const ingressSchema = strict("HTTPS on 443, in front of a Service.", {
  kind: z.literal("ingress"),
  ...common,
  ports: z
    .array(z.unknown())
    .superRefine((ports, context) => {
      if (ports.length === 1 && ports[0] === 443) return;
      const allowed =
        "443 alone: a tailnet Ingress speaks TLS on 443 and nothing else, and nothing in clear text on 80";
      const fix =
        "take ports out; for other ports or protocols set kind: loadBalancer. The application's port is backend.port";
      context.addIssue({ code: "custom", params: { allowed, fix } });
    })
    .optional()
    .meta({ description: "443, which need not be said." }),
  backend: strict("The application's own Service.", {
    service: dnsLabel("Name of the Service."),
    port: port("443 is spoken to with TLS, any other port without."),
    auth: z
      .enum(["forward-auth", "reverse-proxy"])
      .optional()
      .meta({
        description:
          "What an oauth2-proxy that is the backend does. reverse-proxy: it has the application as its upstream. " +
          "forward-auth: it only answers yes or no, and cannot be a backend.",
      }),
  }),
  legacy: strict("How it was reached before.", {
    ingress: strict("An Ingress of Traefik, for the same backend.", {
      name: dnsLabel("The Ingress's name."),
      host: publicName("The host that it routes."),
      tlsSecret: line("The Secret of its certificate, often a wildcard's."),
      middlewares: z
        .array(line("A middleware as Traefik names it: auth-oauth2-proxy@kubernetescrd."))
        .default([])
        .meta({ description: "Its middlewares, forward-auth among them, in their order." }),
      entryPoints: z
        .array(line("An entry point."))
        .min(1)
        .default(["websecure"])
        .meta({ description: "Traefik's entry points." }),
      ingressClass: line("The Ingress class.").default("traefik"),
      ...legacyObject,
    }).optional(),
    backing: legacyBacking.optional(),
  }).optional(),
});

export const annotationSchema = strict("All TCP ports of a Service that is there already.", {
  kind: z.literal("annotation"),
  ...common,
  service: dnsLabel("Name of the Service."),
  ports: z.array(port("A TCP port of the Service.")).min(1).meta({ description: "All of its TCP ports." }),
  legacy: strict("How it was reached before.", { backing: legacyBacking }).optional(),
});

const privateService = z
  .discriminatedUnion("kind", [loadBalancerSchema, ingressSchema, annotationSchema], {
    error: "loadBalancer, ingress, annotation",
  })
  .meta({ description: "How it gets onto the tailnet: kind." });

export const privateServices = z
  .array(privateService)
  .meta({ description: "Services that are reached over the tailnet." });

export const proxyGroups = z
  .array(
    strict("Proxies that serve several services from several pods.", {
      name: dnsLabel("Name of the ProxyGroup, which is made for the stack."),
      replicas: z
        .int()
        .min(1)
        .default(2)
        .meta({ description: "Pods; two keep a service up while one moves." }),
      tags: tags.meta({ description: "Tags of the pods' devices; by default operator.proxyTags." }),
      proxyClass: dnsLabel("A ProxyClass of the cluster, for its pods.").optional(),
    }),
  )
  .meta({ description: "For services with a proxyGroup." });

export const clusterDns = strict("Lets pods resolve ts.net names.", {
  nameserver: strict("The operator's nameserver.", {
    image: pinnedImage(
      "Its image, at the operator's version. Default: tailscale/k8s-nameserver at that version.",
    ).optional(),
    clusterIP: ipAddress("A free address of the cluster's Service network, outside the range it hands out."),
  }),
  stubZone: z.enum(["coredns-custom", "corefile"]).meta({
    description:
      "Where CoreDNS reads the stub zone from. coredns-custom: k3s's ConfigMap. corefile: the Corefile itself.",
  }),
});

export const homepage = strict("Homepage's links and names follow the services.", {
  service: dnsLabel("Homepage's own name among privateServices."),
  deployment: dnsLabel("Its Deployment, in that service's namespace."),
  container: dnsLabel("The Deployment's container.").default("homepage"),
  allowedHosts: z
    .array(line("A name that Homepage answers to."))
    .default([])
    .meta({ description: "Beside those of its exposure: $(MY_POD_IP):3000 for its probes." }),
});
