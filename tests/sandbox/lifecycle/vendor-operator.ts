import { ComponentResource, CustomResource, type Resource } from "@pulumi/pulumi";
import { CHART_VERSION } from "../../../components/operator/chart-version.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { seed } from "../../../sandbox/prerequisites/seed.ts";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { recordManager } from "../../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import { renderChart } from "../../../sandbox/providers/kubernetes/helm/chart.ts";
import { releases } from "../../../sandbox/providers/kubernetes/helm/release.ts";
import { ownership } from "../../../sandbox/providers/kubernetes/helm/render-release.ts";
import type { Props } from "../../../sandbox/providers/values.ts";
import type { RunResult } from "../../../sandbox/session/run.ts";
import { Session } from "../../../sandbox/session/session.ts";
import type { World } from "../../../sandbox/world/world.ts";
import type { RealProject } from "./real-project.ts";

/** An operator that somebody installed with the vendor's instructions, and the Funnel that it serves. */
export interface VendorOperator {
  readonly namespace: string;
  readonly release: string;
  /** The Ingress `<namespace>/<name>` that publishes Traefik. */
  readonly ingress: string;
}

/** Installs the chart with Helm and the OAuth client `vendor`, and an Ingress with kubectl. */
export function installVendorOperator(world: World, { namespace, release, ingress }: VendorOperator): void {
  const credential = { clientId: "vendor", clientSecret: "vendor-secret" };
  seed(world, {
    objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, funnel(ingress)],
    oauthClients: [
      {
        id: credential.clientId,
        secret: credential.clientSecret,
        scopes: ["auth_keys", "devices:core", "services"],
        tags: ["tag:k8s-operator"],
      },
    ],
  });
  const inputs = {
    name: release,
    namespace,
    chart: "tailscale-operator",
    version: CHART_VERSION,
    values: { oauth: credential },
  };
  const rendered = renderChart(CHART_VERSION, inputs.values, namespace).map((object): KubernetesObject => {
    const { metadata, ...rest } = object as unknown as KubernetesObject;
    return { ...rest, metadata: { ...metadata, annotations: ownership(inputs) } };
  });
  for (const object of rendered) {
    objects(world).set(keyOf(object), object);
    recordManager(world, object, "helm");
  }
  const manifest = rendered.map(keyOf);
  releases(world).set(`${namespace}/${release}`, { inputs, revision: 1, status: "deployed", manifest });
}

function funnel(ingress: string): KubernetesObject {
  const [namespace = "", name = ""] = ingress.split("/");
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace, annotations: { "tailscale.com/funnel": "true" } },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: ["ozilab-edge"] }],
      defaultBackend: { service: { name: "traefik", port: { number: 443 } } },
    },
  };
}

/**
 * Imports what docs/adopting.md lists for an operator and its Funnel.
 *
 * A session runs no `pulumi import`, unlike the sandbox's shell. An up of a program that declares the resources with the
 * option `import`, and ignores every other input, leaves the same state.
 */
export async function importVendorOperator(
  project: Pick<RealProject<object>, "folder" | "sandbox" | "stack">,
  { namespace, release, ingress }: VendorOperator,
): Promise<RunResult> {
  const program = () => {
    const operator = new ComponentResource("tailnet-edge:operator:Operator", "operator");
    const imported = (type: string, name: string, id: string, parent: Resource, inputs: Props) =>
      new ImportedResource(type, name, inputs, {
        parent,
        import: id,
        ignoreChanges: ["metadata", "spec", "data", "values", "version", "chart"],
      });
    const named = (id: string) => {
      const [name, inNamespace] = id.split("/").reverse();
      return { metadata: { name, ...(inNamespace !== undefined && { namespace: inNamespace }) } };
    };
    const secret = `${namespace}/operator-oauth`;
    const core = { apiVersion: "v1" };
    imported("kubernetes:core/v1:Namespace", "operator-namespace", namespace, operator, {
      ...core,
      kind: "Namespace",
      ...named(namespace),
    });
    imported("kubernetes:core/v1:Secret", "operator-login", secret, operator, {
      ...core,
      kind: "Secret",
      ...named(secret),
    });
    imported("kubernetes:helm.sh/v3:Release", "operator-release", `${namespace}/${release}`, operator, {
      name: release,
      namespace,
      chart: "tailscale-operator",
    });
    const funnel = new ComponentResource("tailnet-edge:exposure:FunnelIngress", "funnel");
    imported("kubernetes:networking.k8s.io/v1:Ingress", "funnel", ingress, funnel, {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      ...named(ingress),
    });
  };
  const session = new Session({
    engine: await findEngine(),
    folder: project.sandbox,
    projectFolder: project.folder,
    stack: project.stack,
    program,
  });
  try {
    return await session.run("up");
  } finally {
    await session.close();
  }
}

class ImportedResource extends CustomResource {}
