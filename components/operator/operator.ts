import { readFileSync } from "node:fs";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import type { OperatorCredentials } from "../tailnet/operator-credential.ts";
import { chartReference } from "./chart-source.ts";
import { chartValues } from "./chart-values.ts";
import { credentialFingerprint, fingerprint } from "./credential-fingerprint.ts";
import { type ProxyForwarding, podSecurityLevel } from "./pod-security.ts";

export interface OperatorArgs {
  /** Namespace that is made for the operator and all its proxies. */
  readonly namespace: string;
  /** Name of the operator's own device in the tailnet. */
  readonly hostname: string;
  /** Exact version of the chart `tailscale-operator`. */
  readonly chartVersion: string;
  /** Where the chart comes from: see {@link chartReference}. */
  readonly chart: string;
  readonly operatorTag: string;
  /** Tags of proxies for which no others are set. */
  readonly proxyTags: readonly string[];
  readonly login: OperatorCredentials;
  /** How each exposure's proxy forwards; decides the namespace's Pod Security level. */
  readonly proxies: readonly ProxyForwarding[];
}

// Relative to the project's folder, in which Helm starts it.
const POST_RENDERER = "./components/operator/post-render";

/**
 * The Tailscale operator: its namespace, the Secret it logs in with, and its Helm release.
 *
 * Namespace and Secret are resources of their own and not the chart's: the key material stays encrypted in
 * the state, and both outlive the release when the stack is taken down.
 */
export class Operator extends pulumi.ComponentResource {
  /** To be put into `dependsOn` by whatever the operator has to be there for. */
  readonly release: Release;

  /** @param opts - `dependsOn` the tailnet: an operator that starts before its tags are owned cannot log in */
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
    const login = args.login.kind === "key" ? [this.loginSecret(name, namespace, args.login)] : [];
    this.release = this.install(name, namespace, args, login);
    this.registerOutputs();
  }

  private loginSecret(
    name: string,
    namespace: Namespace,
    { clientId, clientSecret }: Extract<OperatorCredentials, { kind: "key" }>,
  ): Secret {
    return new Secret(
      `${name}-login`,
      {
        // The name that the chart mounts.
        metadata: { name: "operator-oauth", namespace: namespace.metadata.name },
        // The operator does not trim them: a trailing newline, easily pasted, would fail the login.
        stringData: { client_id: trimmed(clientId), client_secret: trimmed(clientSecret) },
      },
      { parent: this },
    );
  }

  private install(
    name: string,
    namespace: Namespace,
    { login, ...args }: OperatorArgs,
    dependsOn: pulumi.Resource[],
  ): Release {
    return new Release(
      `${name}-release`,
      {
        ...chartReference(args.chart),
        name: "tailscale-operator",
        version: args.chartVersion,
        namespace: namespace.metadata.name,
        values: chartValues({
          ...args,
          credentialFingerprint: credentialFingerprint(login),
          ...(login.kind === "federated" && {
            federated: { clientId: login.clientId, audience: login.audience },
          }),
        }),
        postrender: POST_RENDERER,
        // Pulumi compares the post-renderer's path and not what it does. Its digest here makes a change of it
        // an update of the release.
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
  return ["post-render", "post-render-command.ts", "post-render.ts"].map((file) =>
    readFileSync(new URL(file, import.meta.url), "utf8"),
  );
}
