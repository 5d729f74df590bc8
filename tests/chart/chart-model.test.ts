import { beforeAll, expect, test } from "vitest";
import { CHART_VERSION } from "../../components/operator/chart-version.ts";
import type { KubernetesObject } from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { renderChart } from "../../sandbox/providers/kubernetes/helm/chart.ts";
import { templateOf } from "../../sandbox/providers/kubernetes/operator/operator-template.ts";
import { valueAt } from "../../sandbox/providers/values.ts";
import { operatorChartFolder, renderOperatorChart } from "../support/operator-chart.ts";

/** The kinds that the model leaves out, because nothing in the sandbox depends on them. */
const RBAC = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

const EXTRA_VARIABLE = { name: "A", value: "1" };

beforeAll(operatorChartFolder, 900_000);

test.each([
  ["default values", {}],
  ["no CRDs", { installCRDs: false }],
  ["no IngressClass", { ingressClass: { enabled: false } }],
  ["another IngressClass", { ingressClass: { name: "tailnet", enabled: true } }],
  ["an OAuth client", { oauth: { clientId: "id-1", clientSecret: "secret-1" } }],
  ["a federated identity", { oauth: { clientId: "id-1", audience: "api.tailscale.com/id-1" } }],
  ["a Secret to mount", { oauthSecretVolume: { secret: { secretName: "other" } } }],
  [
    "tags",
    { operatorConfig: { defaultTags: ["tag:a", "tag:b"] }, proxyConfig: { defaultTags: "tag:c,tag:d" } },
  ],
  ["a default ProxyClass", { proxyConfig: { defaultProxyClass: "small" } }],
  ["a mirror", { operatorConfig: { image: { repository: "mirror.example.com/k8s-operator" } } }],
  ["a digest", { operatorConfig: { image: { repo: "a/b", tag: "v1", digest: "sha256:00" } } }],
  [
    "a hostname, annotations, labels and variables",
    {
      operatorConfig: {
        hostname: "ozilab-operator",
        podAnnotations: { "example.com/serial": "2" },
        podLabels: { team: "edge" },
        extraEnv: [EXTRA_VARIABLE],
      },
    },
  ],
])("the sandbox's model and the chart agree on %s", async (_title, values) => {
  const chart = (await renderOperatorChart(values)) as unknown as readonly KubernetesObject[];
  const model = renderChart(CHART_VERSION, values, "tailscale") as unknown as readonly KubernetesObject[];
  const modelled = chart.filter(({ kind }) => !RBAC.includes(kind)).map(view);
  expect(model.map(view).toSorted(byName)).toEqual(modelled.toSorted(byName));
});

/** The part of an object that the sandbox uses. */
function view(object: KubernetesObject) {
  const { kind, metadata, spec } = object;
  const name = `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
  switch (kind) {
    case "CustomResourceDefinition":
      return {
        name,
        group: valueAt(spec, ["group"]),
        kind: valueAt(spec, ["names", "kind"]),
        plural: valueAt(spec, ["names", "plural"]),
      };
    case "Deployment": {
      const pod = valueAt(spec, ["template", "metadata"]);
      return {
        name,
        // The model's template is shorter than the chart's.
        template: { ...templateOf(object), text: "" },
        annotations: valueAt(pod, ["annotations"]) ?? {},
        labels: valueAt(pod, ["labels"]),
        image: valueAt(spec, ["template", "spec", "containers", 0, "image"]),
        strategy: valueAt(spec, ["strategy"]),
        first: valueAt(spec, ["template", "spec", "containers", 0, "name"]),
        added: variablesOf(spec).includes(JSON.stringify(EXTRA_VARIABLE)),
      };
    }
    case "IngressClass":
      return { name, controller: valueAt(spec, ["controller"]) };
    case "Secret":
      return { name, data: secretData(object) };
    default:
      return { name };
  }
}

function variablesOf(spec: unknown): string[] {
  const variables = valueAt(spec, ["template", "spec", "containers", 0, "env"]) as readonly object[];
  return variables.map((variable) => JSON.stringify(variable));
}

/** The chart writes the API's `stringData`, the model its stored form. */
function secretData({ data = {}, ...rest }: KubernetesObject): Readonly<Record<string, unknown>> {
  const decoded = Object.entries(data).map(([key, text]): [string, string] => [
    key,
    Buffer.from(text, "base64").toString(),
  ]);
  return { ...(rest as { stringData?: object }).stringData, ...Object.fromEntries(decoded) };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
