import { LiveError } from "../../live/live-error.ts";
import type { TailscaleClient } from "../../live/tailscale-client.ts";
import type { TailscaleKey } from "../../live/tailscale-shapes.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";

/**
 * Whether Tailscale accepts the operator's OAuth client.
 *
 * @param keys - the tailnet's keys, which tell apart why it does not; asked only then
 */
export async function oauthOutcome(
  operator: TailscaleClient,
  clientId: string,
  keys: () => Promise<readonly TailscaleKey[]>,
): Promise<Outcome> {
  try {
    await operator.grantedScopes();
    return ok(`OAuth client ${clientId} gets an access token`);
  } catch (error) {
    if (!(error instanceof LiveError) || error.reason !== "denied") throw error;
    return refusalOutcome(error.issue.found, clientId, await listed(keys));
  }
}

/** Why a credential is refused. @param keys - undefined if they cannot be listed */
function refusalOutcome(found: string, clientId: string, keys: readonly TailscaleKey[] | undefined): Outcome {
  if (keys === undefined) {
    return broken(
      "credential-refused",
      `${found}; oauth_keys:read would tell whether it expired or was revoked`,
    );
  }
  return (
    invalidity(
      keys.find(({ id }) => id === clientId),
      clientId,
    ) ?? broken("credential-wrong-secret", `${found}, although OAuth client ${clientId} exists`)
  );
}

async function listed(keys: () => Promise<readonly TailscaleKey[]>) {
  try {
    return await keys();
  } catch (error) {
    if (error instanceof LiveError) return undefined;
    throw error;
  }
}

function invalidity(key: TailscaleKey | undefined, clientId: string): Outcome | undefined {
  if (key === undefined) return broken("credential-revoked", `the tailnet has no credential ${clientId}`);
  if (isTime(key.revoked)) return broken("credential-revoked", `${clientId} was revoked at ${key.revoked}`);
  if (isTime(key.expires) && Date.parse(key.expires) <= Date.now()) {
    return broken("credential-expired", `${clientId} expired at ${key.expires}`);
  }
  return key.invalid === true ? broken("credential-revoked", `${clientId} is marked as invalid`) : undefined;
}

/** Go's zero time means that the field is not set. */
function isTime(text: string | undefined): text is string {
  return text !== undefined && text !== "" && !text.startsWith("0001-");
}

/** The federated identity of the operator's service account. */
export interface Identity {
  readonly issuer: string;
  /** `system:serviceaccount:<namespace>:operator` */
  readonly subject: string;
}

/**
 * Whether the tailnet has the operator's federated identity. The token exchange itself needs the pod's own token.
 */
export function identityOutcome(keys: readonly TailscaleKey[], { issuer, subject }: Identity): Outcome {
  const own = keys.filter((key) => key.subject === subject);
  const identity = own.find((key) => key.issuer === issuer);
  if (identity) {
    return invalidity(identity, identity.id) ?? ok(`federated identity ${identity.id} for ${subject}`);
  }
  const [other] = own;
  if (other)
    return broken("identity-mismatch", `${other.id} trusts the issuer ${other.issuer ?? ""}, not ${issuer}`);
  return broken("credential-revoked", `the tailnet has no federated identity for ${subject}`);
}

/**
 * Whether a credential has a scope.
 *
 * @param granted - the scopes of its access token; undefined if the answer names none
 * @param probe - a read that needs the scope. Without the scope services, Tailscale answers 404 (tailscale #19471).
 */
export async function scopeOutcome(
  scope: string,
  granted: readonly string[] | undefined,
  probe: () => Promise<unknown>,
): Promise<Outcome> {
  if (granted !== undefined && !granted.includes(scope) && !granted.includes("all")) {
    return broken("scope-missing", `${scope} is not among the token's scopes: ${granted.join(", ")}`);
  }
  try {
    await probe();
    return ok(`a read that needs ${scope} succeeds`);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    if (error.status === 403 || error.status === 404) {
      return broken("scope-missing", `${scope}: ${error.issue.found}`);
    }
    return unknown(error.issue.found);
  }
}

/** The same for a federated identity, which is known only from its listing. */
export function identityScopeOutcome(
  scope: string,
  keys: readonly TailscaleKey[],
  { subject }: Identity,
): Outcome {
  const identity = keys.find((key) => key.subject === subject);
  if (identity === undefined) return unknown(`no federated identity for ${subject}`);
  const { id, scopes } = identity;
  if (scopes.includes(scope) || scopes.includes("all")) return ok(`${id} has ${scope}`);
  return broken("scope-missing", `${scope} is not among the scopes of ${id}: ${scopes.join(", ")}`);
}
