import type { World } from "../../../world/world.ts";
import { credentials, secretHash } from "../../tailscale/tailnet.ts";
import { objectKey, objects } from "../api-server/objects.ts";
import { cluster } from "../cluster.ts";
import type { OperatorTemplate } from "./operator-template.ts";

/** What the operator knows of its credential. A workload identity has no secret. */
export interface LoadedCredential {
  readonly credentialId: string;
  readonly secretHash?: string;
}

/**
 * Reads the operator's credential as its process does at start: from the mounted Secret, or with the token of its
 * service account (module tailscale.com, `cmd/k8s-operator/tsclient.go`: newTSClient).
 *
 * @returns `waiting` if the pod cannot start yet, `failing` if its process exits
 */
export function loadCredential(
  world: World,
  namespace: string,
  { credential }: OperatorTemplate,
): LoadedCredential | { readonly waiting: string } | { readonly failing: string } {
  if ("clientId" in credential) return exchangeToken(world, namespace, credential.clientId);
  const { secretName } = credential;
  const secret = objects(world).get(objectKey("Secret", namespace, secretName));
  if (secret === undefined) {
    return { waiting: `MountVolume.SetUp failed for volume "oauth": secret "${secretName}" not found` };
  }
  const { client_id: id, client_secret: key } = secret.data ?? {};
  if (id === undefined || key === undefined) {
    const missing = id === undefined ? "client_id" : "client_secret";
    return { failing: `reading client credentials: open /oauth/${missing}: no such file or directory` };
  }
  // The operator does not trim the bytes: with a trailing newline the credential is wrong.
  const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");
  return { credentialId: decode(id), secretHash: secretHash(decode(key)) };
}

/** Tailscale accepts a workload identity only for its issuer and for the one service account that it names. */
function exchangeToken(
  world: World,
  namespace: string,
  clientId: string,
): LoadedCredential | { readonly failing: string } {
  const identity = credentials(world).get(clientId);
  const { issuer = identity?.issuer } = cluster(world);
  const subject = `system:serviceaccount:${namespace}:operator`;
  if (identity?.issuer !== issuer || identity?.subject !== subject) {
    return { failing: `token exchange failed: 401 no identity ${clientId} for ${subject}` };
  }
  return { credentialId: clientId };
}
