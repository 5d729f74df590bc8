import * as pulumi from "@pulumi/pulumi";
import { FederatedIdentity } from "@pulumi/tailscale/federatedIdentity.js";
import { OauthClient } from "@pulumi/tailscale/oauthClient.js";

/**
 * The least that the operator can work with (Tailscale, "Kubernetes operator", prerequisites). Without
 * `services` its check of `vip-services` gets a 404, which it reports as `InvalidOAuth` and makes no
 * proxy (tailscale #19471).
 */
const OPERATOR_SCOPES = ["auth_keys", "devices:core", "services"];

/** How the operator proves to Tailscale who it is. */
export type CredentialSource =
  | {
      /** An OAuth client that this stack makes. */
      readonly kind: "oauth";
      /** Any change of it makes a new client; the old one goes after the operator has the new one. */
      readonly serial: number;
    }
  | {
      /** No secret at all: the cluster's own service account tokens, which Tailscale checks by OIDC. */
      readonly kind: "federated";
      /** The cluster's OIDC issuer; Tailscale must be able to reach its discovery document. */
      readonly issuer: string;
    }
  | {
      /** An OAuth client made by hand. */
      readonly kind: "existing";
      readonly clientId: pulumi.Output<string>;
      readonly clientSecret: pulumi.Output<string>;
    };

/** What the operator is given: key material for its Secret, or an identity for which it needs none. */
export type OperatorCredentials =
  | {
      readonly kind: "key";
      readonly clientId: pulumi.Output<string>;
      /** Always a Pulumi secret. */
      readonly clientSecret: pulumi.Output<string>;
    }
  | {
      readonly kind: "federated";
      readonly clientId: pulumi.Output<string>;
      /** The `aud` claim that the operator's tokens must carry. */
      readonly audience: pulumi.Output<string>;
    };

export interface OperatorCredentialArgs {
  readonly source: CredentialSource;
  /** The operator's tag. The policy must own it first: see `dependsOn`. */
  readonly tag: string;
  /** What the Tailscale console lists the credential as: letters, digits and hyphens, 50 at most. */
  readonly description: string;
  /** Namespace of the operator, which is part of its service account's name. */
  readonly namespace: string;
}

/** The credential that the operator logs in with: made, federated, or taken from configuration. */
export class OperatorCredential extends pulumi.ComponentResource {
  readonly login: OperatorCredentials;

  constructor(name: string, args: OperatorCredentialArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:tailnet:OperatorCredential", name, {}, opts);
    this.login = this.obtain(name, args, {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
    });
    this.registerOutputs();
  }

  private obtain(
    name: string,
    { source, tag, namespace, description }: OperatorCredentialArgs,
    opts: pulumi.CustomResourceOptions,
  ): OperatorCredentials {
    const granted = { description, scopes: OPERATOR_SCOPES, tags: [tag] };
    switch (source.kind) {
      case "oauth": {
        const client = new OauthClient(`${name}-client`, granted, {
          ...opts,
          replacementTrigger: source.serial,
        });
        return { kind: "key", clientId: client.id, clientSecret: pulumi.secret(client.key) };
      }
      case "federated": {
        const identity = new FederatedIdentity(
          `${name}-identity`,
          { ...granted, issuer: source.issuer, subject: `system:serviceaccount:${namespace}:operator` },
          opts,
        );
        return { kind: "federated", clientId: identity.id, audience: identity.audience };
      }
      case "existing":
        return {
          kind: "key",
          clientId: pulumi.secret(source.clientId),
          clientSecret: pulumi.secret(source.clientSecret),
        };
    }
  }
}
