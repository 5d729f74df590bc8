import * as pulumi from "@pulumi/pulumi";
import { FederatedIdentity } from "@pulumi/tailscale/federatedIdentity.js";
import { OauthClient } from "@pulumi/tailscale/oauthClient.js";

/**
 * The least scopes that the operator works with (Tailscale, "Kubernetes operator", prerequisites). Without
 * `services` its check of `vip-services` gets a 404: it then reports `InvalidOAuth` and creates no proxy
 * (tailscale #19471).
 */
const OPERATOR_SCOPES = ["auth_keys", "devices:core", "services"];

/** Where the operator's credentials come from. */
export type CredentialSource =
  | {
      /** An OAuth client that this stack creates. */
      readonly kind: "oauth";
      /** Any change creates a new client; the old one is deleted once the operator has the new one. */
      readonly serial: number;
    }
  | {
      /** No secret at all: the cluster's service account tokens, which Tailscale verifies by OIDC. */
      readonly kind: "federated";
      /** The cluster's OIDC issuer; Tailscale must be able to reach its discovery document. */
      readonly issuer: string;
    }
  | {
      /** An OAuth client created by hand. */
      readonly kind: "existing";
      readonly clientId: pulumi.Output<string>;
      readonly clientSecret: pulumi.Output<string>;
    };

/** What the operator authenticates with: key material for its Secret, or an identity that needs none. */
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
      /** The `aud` claim that the operator's tokens must have. */
      readonly audience: pulumi.Output<string>;
    };

export interface OperatorCredentialArgs {
  readonly source: CredentialSource;
  /** The operator's tag. It needs owners in the policy first: see `dependsOn`. */
  readonly tag: string;
  /** Name in the Tailscale admin console: letters, digits and hyphens, 50 at most. */
  readonly description: string;
  /** The operator's namespace, part of its service account's name. */
  readonly namespace: string;
}

/** The operator's credentials: created here, federated, or read from configuration. */
export class OperatorCredential extends pulumi.ComponentResource {
  readonly credentials: OperatorCredentials;

  constructor(name: string, args: OperatorCredentialArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:tailnet:OperatorCredential", name, {}, opts);
    this.credentials = this.#create(name, args, {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
    });
    this.registerOutputs();
  }

  #create(
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
