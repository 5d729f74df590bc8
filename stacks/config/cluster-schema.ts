import { z } from "zod";
import { pinnedImage } from "./chart-fields.ts";
import { dnsLabel, objectName } from "./name-fields.ts";
import { integer } from "./number-fields.ts";
import { strict } from "./strict-object.ts";
import { ipAddress, line, tags } from "./text-fields.ts";

export const proxyGroups = z
  .array(
    strict("Proxies that serve several services from several pods.", {
      name: dnsLabel("Name of the ProxyGroup that the stack creates."),
      replicas: integer("Number of pods. With two, a service stays up while one pod is rescheduled.", {
        min: 1,
      }).default(2),
      tags: tags("Tags of the pods' devices. Default: operator.proxyTags.").optional(),
      proxyClass: objectName("ProxyClass of its pods. Default: operator.proxyClass.").optional(),
    }),
  )
  .meta({ description: "ProxyGroups for private services." });

export const clusterDns = strict("Lets pods resolve ts.net names.", {
  nameserver: strict("The operator's nameserver.", {
    image: pinnedImage(
      "Its image, at the operator's version. Default: tailscale/k8s-nameserver at that version.",
      "tailscale/k8s-nameserver",
    ).optional(),
    clusterIP: ipAddress(
      "A free address in the cluster's Service network, outside the range for automatic assignment.",
    ),
  }),
  stubZone: z.enum(["coredns-custom", "corefile"]).meta({
    description:
      "Where CoreDNS reads the stub zone. coredns-custom: the ConfigMap that k3s imports. corefile: the Corefile itself.",
  }),
});

export const homepage = strict("Keeps Homepage's links and allowed hosts up to date with the services.", {
  service: dnsLabel("Name of Homepage in privateServices."),
  deployment: dnsLabel("Its Deployment, in the namespace of that service."),
  container: dnsLabel("The Deployment's container.").default("homepage"),
  allowedHosts: z.array(line("A host that Homepage accepts.")).default([]).meta({
    description: "Further hosts, besides those of its own exposure. $(MY_POD_IP):3000 is for its probes.",
  }),
});
