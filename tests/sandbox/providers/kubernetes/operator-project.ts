import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeEach } from "vitest";
import { CHART_VERSION } from "../../../../components/operator/chart-version.ts";
import { changeTailnet } from "../../../../sandbox/providers/tailscale/tailnet.ts";
import { InlineProject, resource } from "../../inline-project.ts";

const POLICY = '{"tagOwners": {"tag:k8s-operator": [], "tag:k8s": ["tag:k8s-operator"], "tag:other": []}}';
const SCOPES = ["auth_keys", "devices:core", "services"];

/** The project of all tests of a file. Each test starts with a new world, and the last one removes the project. */
export async function operatorProject(): Promise<InlineProject> {
  const project = await InlineProject.create({}, ["kubernetes:enableSecretMutable: true"]);
  beforeEach(() => {
    resetPrerequisites(project);
  });
  afterAll(async () => {
    await project.remove();
  });
  return project;
}

/** A cluster with Traefik, and a tailnet with two valid credentials and one without the scope `services`. */
function resetPrerequisites(project: InlineProject): void {
  const client = (id: string, scopes: readonly string[]) => {
    return { id, secret: `${id}-secret`, scopes, tags: ["tag:k8s-operator"] };
  };
  project.reset({
    services: [{ namespace: "traefik", name: "traefik", ports: [443] }],
    oauthClients: [client("good", SCOPES), client("next", SCOPES), client("poor", SCOPES.slice(0, 2))],
  });
  project.withWorld((world) => {
    changeTailnet(world, { policy: POLICY, policyIsDefault: false, settings: { httpsEnabled: true } });
  });
}

export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object,
  opts?: pulumi.CustomResourceOptions,
) =>
  resource(
    `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`,
    name,
    { apiVersion, kind, ...rest },
    opts,
  );

interface StackOptions {
  /** Pod Security level of the namespace. */
  readonly level?: string;
  /** ID of the OAuth client: `good` (default), `next` or `poor`. */
  readonly client?: string;
  /** The client's secret. Default: the right one. */
  readonly secret?: string;
  /** Annotation of the operator's pod. Another value restarts it. */
  readonly annotation?: string;
}

export const namespace = (level?: string) =>
  object("v1", "Namespace", "namespace", {
    metadata: {
      name: "tailscale",
      ...(level !== undefined && { labels: { "pod-security.kubernetes.io/enforce": level } }),
    },
  });

export const operatorSecret = (id: string, key: string, parent: pulumi.Resource) =>
  new Secret(
    "credentials",
    {
      metadata: { name: "operator-oauth", namespace: "tailscale" },
      stringData: { client_id: id, client_secret: key },
    },
    { dependsOn: parent },
  );

export const release = (values: object, dependsOn: pulumi.Resource[], rest: object = {}) =>
  resource(
    "kubernetes:helm.sh/v3:Release",
    "release",
    {
      name: "ts",
      namespace: "tailscale",
      chart: "tailscale-operator",
      version: CHART_VERSION,
      values,
      ...rest,
    },
    { dependsOn },
  );

export const ingress = (
  name: string,
  dependsOn: pulumi.Resource[],
  spec: object = {},
  annotations: object = {},
) =>
  object(
    "networking.k8s.io/v1",
    "Ingress",
    name,
    {
      metadata: { name, namespace: "traefik", annotations },
      spec: {
        ingressClassName: "tailscale",
        tls: [{ hosts: [name] }],
        defaultBackend: { service: { name: "traefik", port: { number: 443 } } },
        ...spec,
      },
    },
    { dependsOn },
  );

/** Namespace, Secret, release and Ingress. The default options work. */
export const stack =
  ({ level, client = "good", secret = `${client}-secret`, annotation = "1" }: StackOptions = {}) =>
  () => {
    const credentials = operatorSecret(client, secret, namespace(level));
    const operatorConfig = { hostname: "op", podAnnotations: { fingerprint: annotation } };
    ingress("edge", [release({ operatorConfig }, [credentials])]);
  };
