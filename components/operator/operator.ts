import { readFileSync } from "node:fs";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import type { OperatorCredentials } from "../tailnet/operator-credential.ts";
import { chartReference } from "./chart-source.ts";
import { chartValues } from "./chart-values.ts";
import { credentialFingerprint, fingerprint } from "./credential-fingerprint.ts";
import { mergeValues, type Values } from "./extra-values.ts";
import { podSecurityLevel, type ProxyForwarding } from "./pod-security.ts";

export interface OperatorArgs {
  /** Namespace to create for the operator and all its proxies. */
  readonly namespace: string;
  /** Name of the Helm release. */
  readonly releaseName: string;
  /** Name of the Secret that the operator reads its credentials from. Not used with a federated identity. */
  readonly secretName: string;
  /** Name of the operator's device in the tailnet. */
  readonly hostname: string;
  /** Exact version of the chart `tailscale-operator`. */
  readonly chartVersion: string;
  /** Where the chart comes from: see {@link chartReference}. */
  readonly chart: string;
  readonly operatorTag: string;
  /** Tags of proxies that set no others. */
  readonly proxyTags: readonly string[];
  /** Priority class of the operator's pod. Empty for none. */
  readonly priorityClass: string;
  /** Further values of the chart. They must not contradict the others: see `contradictions`. */
  readonly values: Values;
  /** Registry or mirror of the operator's and the proxies' images. */
  readonly registry?: string | undefined;
  /** Secrets of the namespace to pull the operator's image with. Proxies have theirs in a ProxyClass. */
  readonly pullSecrets: readonly string[];
  /** ProxyClass of the exposures and ProxyGroups that name none. */
  readonly proxyClass?: string | undefined;
  readonly credentials: OperatorCredentials;
  /** How each exposure's proxy forwards; decides the namespace's Pod Security level. */
  readonly proxies: readonly ProxyForwarding[];
}

// Relative to the project's folder, where Helm starts it.
const POST_RENDERER = "./components/operator/post-render";

/**
 * For a Secret that a release of others created. Helm deletes what its chart no longer renders, unless the live
 * object has the first annotation. Helm also owns the Secret's fields: without the second, the provider's update
 * fails with a conflict.
 */
const KEPT_FROM_HELM = { "helm.sh/resource-policy": "keep", "pulumi.com/patchForce": "true" };

/**
 * The Tailscale operator: its namespace, the Secret with its credentials, and its Helm release.
 *
 * Namespace and Secret are separate resources, not part of the chart: the key material stays encrypted in the
 * state, and on destroy both are deleted after the release.
 */
export class Operator extends pulumi.ComponentResource {
  /** Put this into `dependsOn` of every resource that needs the operator. */
  readonly release: Release;

  /** @param opts - `dependsOn` the tailnet: an operator that starts before its tags have owners cannot log in */
  constructor(name: string, args: OperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:operator:Operator", name, {}, opts);

    const namespace = new Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.namespace,
          labels: { "pod-security.kubernetes.io/enforce": podSecurityLevel(args.proxies) },
        },
      },
      { parent: this, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) },
    );
    const { credentials } = args;
    const secrets =
      credentials.kind === "key" ? [this.#createSecret(name, namespace, args, credentials)] : [];
    this.release = this.#createRelease(name, namespace, args, secrets);
    this.registerOutputs();
  }

  #createSecret(
    name: string,
    namespace: Namespace,
    { secretName }: OperatorArgs,
    { clientId, clientSecret }: Extract<OperatorCredentials, { kind: "key" }>,
  ): Secret {
    return new Secret(
      `${name}-login`,
      {
        metadata: {
          name: secretName,
          namespace: namespace.metadata.name,
          annotations: KEPT_FROM_HELM,
        },
        // The operator does not trim them: a trailing newline, easily pasted, would break authentication.
        stringData: { client_id: trimmed(clientId), client_secret: trimmed(clientSecret) },
      },
      { parent: this },
    );
  }

  #createRelease(
    name: string,
    namespace: Namespace,
    { credentials, ...args }: OperatorArgs,
    dependsOn: pulumi.Resource[],
  ): Release {
    return new Release(
      `${name}-release`,
      {
        ...chartReference(args.chart),
        name: args.releaseName,
        version: args.chartVersion,
        namespace: namespace.metadata.name,
        values: mergeValues(
          args.values,
          chartValues({
            ...args,
            credentialFingerprint: credentialFingerprint(credentials),
            ...(credentials.kind === "federated" && {
              federated: { clientId: credentials.clientId, audience: credentials.audience },
            }),
          }),
        ),
        postrender: POST_RENDERER,
        // Pulumi compares the post-renderer's path, not its content. The digest makes a change of the content an
        // update of the release.
        description: `post-render ${fingerprint(postRenderSources())}`,
      },
      { parent: this, dependsOn },
    );
  }
}

function trimmed(value: pulumi.Output<string>): pulumi.Output<string> {
  return value.apply((text) => text.trim());
}

function postRenderSources(): readonly string[] {
  return ["post-render", "post-render-command.ts", "post-render.ts", "priority-class.ts"].map((file) =>
    readFileSync(new URL(file, import.meta.url), "utf8"),
  );
}
