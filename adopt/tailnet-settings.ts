import type { TailscaleKey } from "../live/tailscale-shapes.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import { differenceLine, differences } from "./differences.ts";
import { existing, type Finding, missing } from "./finding.ts";
import { importId } from "./import-ids.ts";

/** Compares a setting of the tailnet, which always exists. */
export function compareSettings(resource: RecordedResource, subject: string, live: object): Finding {
  const changes = differences(resource.inputs, live).map(differenceLine);
  return existing(resource, subject, importId(resource.type, {}), changes);
}

interface CredentialInputs {
  readonly tags?: readonly string[];
  readonly issuer?: string;
  readonly subject?: string;
}

/**
 * Compares the operator's credential. An OAuth client is always created: the API returns a key only once. Its former
 * client is named, so that somebody revokes it.
 */
export function compareCredential(resource: RecordedResource, keys: readonly TailscaleKey[]): Finding {
  const { tags = [], issuer, subject } = resource.inputs as CredentialInputs;
  const live = keys.filter(({ revoked, invalid }) => revoked === undefined && invalid !== true);
  if (resource.type.endsWith(":FederatedIdentity")) {
    const title = "federated identity of the operator";
    const found = live.find((key) => key.issuer === issuer && key.subject === subject);
    if (found === undefined) return missing(resource, title);
    const changes = differences(resource.inputs, found).map(differenceLine);
    return existing(resource, title, importId(resource.type, { ID: found.id }), changes);
  }
  const former = live.filter((key) => key.keyType === "client" && key.tags.join() === tags.join());
  const ids = former
    .map(({ id, description }) => `${id}${description ? ` (${description})` : ""}`)
    .join(", ");
  const note =
    former.length === 0
      ? undefined
      : `clients with the same tags exist: ${ids}; revoke the operator's when it runs with the new one`;
  return missing(resource, "OAuth client of the operator", note);
}
