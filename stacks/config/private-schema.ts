import { z } from "zod";
import { ANNOTATION_PREFIXES } from "../../components/private-services/legacy/metallb.ts";
import { dnsLabel, objectName, publicName } from "./name-fields.ts";
import { port } from "./number-fields.ts";
import { refused, strict } from "./strict-object.ts";
import { ipAddress, line, source, tags } from "./text-fields.ts";

const servicePort = z
  .union(
    [
      port("A TCP port of the Service and of its pods."),
      strict("A port of the Service, and the port of its pods.", {
        port: port("The Service's port."),
        targetPort: z
          .union([port("A number."), dnsLabel("A port's name.")], { error: "a port, or a port's name" })
          .optional()
          .meta({ description: "The pods' port, by number or name. Default: port." }),
        protocol: z.enum(["TCP", "UDP"]).default("TCP").meta({ description: "The port's protocol." }),
      }),
    ],
    { error: "a port, or { port: <number>, targetPort: <number or name>, protocol: TCP or UDP }" },
  )
  .transform((entry) =>
    typeof entry === "number"
      ? { port: entry, targetPort: entry, protocol: "TCP" as const }
      : { ...entry, targetPort: entry.targetPort ?? entry.port },
  );

const servicePorts = z.array(servicePort).min(1).meta({ description: "TCP and UDP ports." });

const texts = z.record(z.string(), z.string()).default({});

const selector = z
  .record(z.string(), z.string())
  .refine((labels) => Object.keys(labels).length > 0, {
    params: {
      allowed: "the labels that select these pods and no others: at least one",
      fix: "copy the whole selector of the Service that selects these pods now",
    },
  })
  .meta({
    description: "All labels that select the pods and no others. For a database: its cluster and its role.",
  });

/** What the legacy objects of all kinds have in common. */
const legacyObject = {
  annotations: texts.meta({ description: "Its other annotations; created again with it." }),
  labels: texts.meta({ description: "Its labels; created again with it." }),
  adopt: z.boolean().default(false).meta({
    description:
      "true: the object exists and is not in the stack's state. The next up imports it; remove adopt after that up.",
  }),
};

const annotationPrefix = z.enum(ANNOTATION_PREFIXES).default("metallb.io").meta({
  description:
    "The prefix of the Service's MetalLB annotations. Older releases of MetalLB know only metallb.universe.tf.",
});

const legacyBacking = strict(
  "The backing Service is a MetalLB LoadBalancer, and becomes a ClusterIP in phase tailnet.",
  {
    address: ipAddress("Its address; by default, MetalLB chooses one.").optional(),
    sharingKey: line(
      "The value of its annotation allow-shared-ip. Services with the same value share an address.",
    ).optional(),
    annotationPrefix,
  },
);

const common = {
  name: dnsLabel("Name of the service in this stack. It identifies the resources: see formerName."),
  formerName: dnsLabel(
    "Its previous name in this stack, for the update after a rename: the old device then leaves before the new one joins.",
  ).optional(),
  hostname: dnsLabel("Hostname of its device: the first label of its ts.net name. Default: name.").optional(),
  namespace: dnsLabel("Namespace of the exposed Service or pods."),
  tags: tags("Tags of its device. Default: operator.proxyTags.").optional(),
  allowFrom: z
    .array(source("A user, group, tag or autogroup of the policy."))
    .min(1)
    .meta({ description: "Who can reach it over the tailnet. The stack grants access to no one else." }),
  phase: z.enum(["legacy", "coexist", "tailnet"]).default("tailnet").meta({
    description: "legacy: only the previous exposure. coexist: both exposures. tailnet: only the tailnet.",
  }),
  proxyClass: objectName("ProxyClass of its proxy's pod. Default: operator.proxyClass.").optional(),
  proxyGroup: dnsLabel("Name of a ProxyGroup in proxyGroups, which serves it from several pods.").optional(),
  funnel: refused(
    "no Funnel for a private service: it is reached only over the tailnet, and a ProxyGroup ignores Funnel",
    "remove funnel, or publish a hostname in publicEdge",
  ),
};

export const loadBalancerSchema = strict(
  "Any TCP or UDP protocol: the stack creates a Service that selects the pods.",
  {
    kind: z.literal("loadBalancer"),
    ...common,
    proxyGroup: refused(
      "no ProxyGroup for kind loadBalancer: the operator does not configure the group's pods for the service, which stays offline (tailscale #18186)",
      "remove proxyGroup: the service then has a proxy of its own; a web application can use kind: ingress",
    ),
    ports: servicePorts,
    selector,
    legacy: strict("How it was reached before.", {
      loadBalancer: strict("A separate MetalLB Service.", {
        service: dnsLabel("The Service's name."),
        address: ipAddress("Its MetalLB address."),
        annotationPrefix,
        ports: servicePorts,
        selector,
        ...legacyObject,
      }),
    }).optional(),
  },
);

export const ingressSchema = strict("HTTPS on 443: the stack creates an Ingress for a Service.", {
  kind: z.literal("ingress"),
  ...common,
  ports: z
    .array(z.unknown())
    .superRefine((ports, context) => {
      if (ports.length === 1 && ports[0] === 443) return;
      const allowed = "443 alone: a tailnet Ingress serves TLS on 443, and no plain HTTP on 80";
      const fix =
        "remove ports; for other ports or protocols, set kind: loadBalancer. The application's port is backend.port";
      context.addIssue({ code: "custom", params: { allowed, fix } });
    })
    .optional()
    .meta({ description: "Optional; 443 is the only allowed value." }),
  backend: strict("The application's own Service.", {
    service: dnsLabel("Name of the Service."),
    port: port("Port of the Service. The proxy uses TLS for 443 only."),
    auth: z
      .enum(["forward-auth", "reverse-proxy"])
      .optional()
      .meta({
        description:
          "Only if the backend is an oauth2-proxy. reverse-proxy: it has the application as its upstream. " +
          "forward-auth: it only answers yes or no, so it cannot be a backend.",
      }),
  }),
  legacy: strict("How it was reached before.", {
    ingress: strict("A Traefik Ingress with the same backend.", {
      name: dnsLabel("The Ingress's name."),
      host: publicName("The host that it routes."),
      tlsSecret: line("The Secret with its certificate, often a wildcard certificate."),
      middlewares: z
        .array(line("A middleware by its Traefik name, such as auth-oauth2-proxy@kubernetescrd."))
        .default([])
        .meta({ description: "Its middlewares in order, forward-auth included." }),
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

export const annotationSchema = strict("All TCP ports of an existing Service: the stack annotates it.", {
  kind: z.literal("annotation"),
  ...common,
  proxyGroup: refused(
    "no ProxyGroup for kind annotation: removing the annotation from a live Service leaves a finalizer that nobody removes (tailscale #20836)",
    "remove proxyGroup: the service then has a proxy of its own",
  ),
  service: dnsLabel("Name of the Service."),
  ports: z
    .array(port("A TCP port of the Service."))
    .min(1)
    .meta({ description: "All TCP ports of the Service." }),
  legacy: strict("How it was reached before.", { backing: legacyBacking }).optional(),
});

const privateService = z
  .discriminatedUnion("kind", [loadBalancerSchema, ingressSchema, annotationSchema], {
    error: "loadBalancer, ingress, annotation",
  })
  .meta({ description: "A service on the tailnet. Its kind decides how it is exposed." });

export const privateServices = z
  .array(privateService)
  .meta({ description: "Services that are reached over the tailnet." });
