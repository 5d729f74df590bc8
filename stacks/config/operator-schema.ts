import { z } from "zod";
import { CHART_SECRET_NAME } from "../../components/operator/chart-values.ts";
import { DEFAULT_PRIORITY_CLASS } from "../../components/operator/priority-class.ts";
import { chartSource, chartVersion, registry } from "./chart-fields.ts";
import {
  dnsLabel,
  objectName,
  objectNames,
  operatorNamespace,
  priorityClass,
  releaseName,
} from "./name-fields.ts";
import { integer } from "./number-fields.ts";
import { strict } from "./strict-object.ts";
import { httpsUrl, tag, tags } from "./text-fields.ts";

const credential = z
  .discriminatedUnion(
    "kind",
    [
      strict("An OAuth client that this stack creates.", {
        kind: z.literal("oauth"),
        serial: integer(
          "Change it to rotate the client: the new client is created before the old one is deleted.",
          { min: 1 },
        ).default(1),
      }),
      strict("The cluster's service account tokens. There is no secret.", {
        kind: z.literal("federated"),
        issuer: httpsUrl(
          "The cluster's OIDC issuer. Tailscale must be able to reach its discovery document.",
        ),
      }),
      strict(
        "An existing OAuth client: set the secrets tailnet-edge:operatorClientId and tailnet-edge:operatorClientSecret.",
        {
          kind: z.literal("existing"),
        },
      ),
    ],
    { error: "oauth, federated, existing" },
  )
  .meta({ description: "How the operator authenticates to Tailscale." });

export const operator = strict("The Tailscale operator in the cluster.", {
  chartVersion: chartVersion(
    "Exact version of the chart tailscale-operator. Default: the version that this program is tested with.",
  ).optional(),
  chart: chartSource(
    "Source of the chart: a Helm repository (https://), a registry (oci://), or a path relative to the project's folder.",
  ).default("https://pkgs.tailscale.com/helmcharts"),
  namespace: operatorNamespace("Namespace that the stack creates for the operator and its proxies.").default(
    "tailscale",
  ),
  releaseName: releaseName(
    "Name of the Helm release. Set it to adopt an operator that was installed under another name.",
  ).default("tailscale-operator"),
  secretName: objectName(
    "Name of the Secret that the stack creates for the operator's credentials, and the operator mounts. Not used with a federated credential.",
  ).default(CHART_SECRET_NAME),
  hostname: dnsLabel("Hostname of the operator's own device in the tailnet."),
  credential,
  tag: tag("The operator's own tag.").default("tag:k8s-operator"),
  proxyTags: tags("Tags of the proxies, the Funnel proxy included.").default(["tag:k8s"]),
  values: z.record(z.string(), z.unknown()).default({}).meta({
    description:
      "Further values of the chart, such as operatorConfig.resources. The stack's own values are merged over them, and a contradiction is an issue.",
  }),
  registry: registry(
    "Registry or mirror of the operator's, the proxies' and the nameserver's image: <registry>/tailscale/<image>. Default: Docker Hub.",
  ).optional(),
  pullSecrets: objectNames(
    "Secrets in the operator's namespace to pull images with. The operator uses them, and every ProxyClass of the stack that names no others.",
  ).default([]),
  proxyClass: objectName(
    "ProxyClass of the proxies that name none: the Funnel, private services and ProxyGroups. One in proxyClasses, or one that exists.",
  ).optional(),
  priorityClass: priorityClass("Priority class of the operator's pod. Empty for none.").default(
    DEFAULT_PRIORITY_CLASS,
  ),
});
