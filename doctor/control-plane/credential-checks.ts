import { type Check, type Outcome, unknown } from "../core/check.ts";
import type { Target } from "../target/target.ts";
import { identityOutcome, identityScopeOutcome, oauthOutcome, scopeOutcome } from "./credential.ts";
import type { Readings } from "./readings.ts";
import { secretOutcome } from "./secret.ts";

const SCOPES = ["auth_keys", "devices:core", "services"] as const;

/** IDs of the checks whose failure keeps the operator from the tailnet. */
export const CREDENTIAL_CHECKS = ["secret", "credential", ...SCOPES.map((scope) => `scope/${scope}`)];

type OwnCheck = Omit<Check, "group">;

/** The checks of what the operator authenticates with, by the credential's kind. */
export function credentialChecks({ config }: Target, readings: Readings): readonly OwnCheck[] {
  const { namespace, secretName, credential } = config.operator;
  return credential.kind === "federated"
    ? identityChecks(
        { issuer: credential.issuer, subject: `system:serviceaccount:${namespace}:operator` },
        readings,
      )
    : keyChecks({ namespace, secretName }, readings);
}

const SUBJECT = "operator's credential";

function identityChecks(
  identity: { readonly issuer: string; readonly subject: string },
  readings: Readings,
): readonly OwnCheck[] {
  const needs = "Tailscale: federated_keys:read, oauth_keys:read, auth_keys:read";
  return [
    {
      ...{ id: "credential", subject: SUBJECT, title: "the tailnet has its federated identity", needs },
      explainedBy: [],
      run: async () => identityOutcome(await readings.keys(), identity),
    },
    ...SCOPES.map((scope) => ({
      ...{ id: `scope/${scope}`, subject: SUBJECT, title: `has the scope ${scope}`, needs },
      explainedBy: ["credential"],
      run: async () => identityScopeOutcome(scope, await readings.keys(), identity),
    })),
  ];
}

function keyChecks(
  { namespace, secretName }: { readonly namespace: string; readonly secretName: string },
  readings: Readings,
): readonly OwnCheck[] {
  const name = `${namespace}/${secretName}`;
  const needs = `Kubernetes: get secrets ${secretName} in ${namespace}`;
  const withKey = (use: (operator: Operator) => Promise<Outcome>) => async () => {
    const operator = await readings.operator();
    return operator === undefined ? unknown(`no key pair in Secret ${name}`) : await use(operator);
  };
  return [
    {
      ...{ id: "secret", subject: `Secret ${name}`, title: "has both keys, without white space", needs },
      explainedBy: [],
      run: async () => secretOutcome(await readings.secret(), name),
    },
    {
      ...{ id: "credential", subject: SUBJECT, title: "Tailscale accepts it" },
      needs: `${needs}; Tailscale: oauth_keys:read, federated_keys:read, auth_keys:read`,
      explainedBy: ["secret"],
      run: withKey(({ client, clientId }) => oauthOutcome(client, clientId, readings.keys)),
    },
    ...SCOPES.map((scope) => ({
      ...{ id: `scope/${scope}`, subject: SUBJECT, title: `has the scope ${scope}`, needs },
      explainedBy: ["secret", "credential"],
      run: withKey(async ({ client }) =>
        scopeOutcome(scope, await client.grantedScopes(), () => PROBES[scope](client)),
      ),
    })),
  ];
}

type Operator = NonNullable<Awaited<ReturnType<Readings["operator"]>>>;

/** A read that needs the scope, for each scope. */
const PROBES: Readonly<Record<(typeof SCOPES)[number], (client: Operator["client"]) => Promise<unknown>>> = {
  auth_keys: (client) => client.authKeys(),
  "devices:core": (client) => client.devices(),
  services: (client) => client.vipServices(),
};
