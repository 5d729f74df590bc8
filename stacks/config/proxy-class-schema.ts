import { z } from "zod";
import { pinnedImage } from "./chart-fields.ts";
import { objectName, objectNames } from "./name-fields.ts";
import { integer } from "./number-fields.ts";
import { strict } from "./strict-object.ts";
import { line, quantity, variables } from "./text-fields.ts";

const labels = z.record(z.string(), z.string());

const amount = z
  .union([quantity("An amount with its unit."), integer("A whole number.", { min: 0 })], {
    error: "a Kubernetes quantity, such as 100m, 2 or 64Mi",
  })
  .transform(String);

const amounts = (description: string) => z.record(z.string(), amount).meta({ description });

const toleration = strict("A taint that the pods tolerate.", {
  key: line("The taint's key. Without it, every taint.").optional(),
  operator: z.enum(["Equal", "Exists"]).optional().meta({ description: "Default: Equal." }),
  value: z.string().optional().meta({ description: "The taint's value, for Equal." }),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    .optional()
    .meta({ description: "The taint's effect. Without it, every effect." }),
  tolerationSeconds: integer("How long a pod stays, for NoExecute.", { min: 0 }).optional(),
});

/** Fields of a pod that the API server checks, not this schema. */
const podField = (description: string) => z.record(z.string(), z.unknown()).meta({ description });

export const proxyClasses = z
  .array(
    strict("A ProxyClass that the stack creates: settings for the pods of proxies.", {
      name: objectName("Its name, which proxyClass refers to."),
      image: pinnedImage(
        "Image of the proxies. Default: the operator's, or that of operator.registry.",
        "tailscale/tailscale",
      ).optional(),
      pullSecrets: objectNames(
        "Secrets in the operator's namespace to pull the image with. Default: operator.pullSecrets.",
      ).optional(),
      env: variables("Further variables of the proxies' container, such as HTTPS_PROXY.").default({}),
      resources: strict("Resources of the proxies' container.", {
        requests: amounts("What a pod reserves.").optional(),
        limits: amounts("What a pod may use at most.").optional(),
      }).optional(),
      nodeSelector: labels.default({}).meta({ description: "Labels of the nodes that the pods may run on." }),
      tolerations: z.array(toleration).default([]).meta({ description: "Taints that the pods tolerate." }),
      affinity: podField("The pods' affinity, as in a pod's spec.").optional(),
      topologySpreadConstraints: z
        .array(podField("As in a pod's spec."))
        .default([])
        .meta({ description: "How the pods are spread over nodes and zones, as in a pod's spec." }),
      priorityClass: objectName("The pods' priority class.").optional(),
      metrics: strict(
        "Serves Prometheus metrics. The operator serves none for a private service of kind ingress that has no ProxyGroup.",
        {
          serviceMonitor: strict("A ServiceMonitor for the Prometheus operator, which must be installed.", {
            labels: labels.default({}).meta({ description: "Labels that Prometheus selects it by." }),
          }).optional(),
        },
      ).optional(),
    }),
  )
  .meta({ description: "ProxyClasses for the Funnel, private services and ProxyGroups." });
