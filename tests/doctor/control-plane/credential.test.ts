import { afterEach, expect, test } from "vitest";
import {
  identityOutcome,
  identityScopeOutcome,
  oauthOutcome,
  scopeOutcome,
} from "../../../doctor/control-plane/credential.ts";
import { LiveError, statusError } from "../../../live/live-error.ts";
import { TailscaleClient } from "../../../live/tailscale-client.ts";
import type { TailscaleKey } from "../../../live/tailscale-shapes.ts";
import { type Answer, type HttpApi, startHttpApi } from "../../live/http-api.ts";
import { plainSettings } from "../../live/settings.ts";
import { diagnosis } from "../diagnosis.ts";

let api: HttpApi | undefined;
afterEach(() => api?.stop());

const TOKEN = "POST /api/v2/oauth/token";
const operator = async (answer: Answer): Promise<TailscaleClient> => {
  await api?.stop();
  api = await startHttpApi({ [TOKEN]: answer });
  return TailscaleClient.ofOauthClient(
    plainSettings({ "tailscale:baseUrl": api.url }),
    "kid",
    "tskey-hidden",
  );
};
const key = (fields: Partial<TailscaleKey> = {}): TailscaleKey => ({
  id: "kid",
  scopes: [],
  tags: [],
  ...fields,
});
const call = { subject: "keys", permission: "the scope x" };

test("an accepted credential needs no listing of the keys", async () => {
  const client = await operator({ body: { access_token: "token-hidden", scope: "auth_keys services" } });
  const outcome = await oauthOutcome(client, "kid", () => Promise.reject(new Error("not needed")));
  expect(diagnosis(outcome)).toBe("ok: OAuth client kid gets an access token");
  expect(api?.requests.map(({ target, body }) => `${target} ${body}`)).toEqual([
    `${TOKEN} grant_type=client_credentials&client_id=kid&client_secret=tskey-hidden`,
  ]);
});

test("a refused credential is revoked, expired, with another secret, or just refused", async () => {
  const refused = { status: 401, body: { message: "API token invalid" } };
  const of = async (keys: () => Promise<readonly TailscaleKey[]>) =>
    diagnosis(await oauthOutcome(await operator(refused), "kid", keys));
  const listed = (...keys: TailscaleKey[]) => of(() => Promise.resolve(keys));
  const zero = "0001-01-01T00:00:00Z";
  const answers = [
    await listed(key({ id: "other" })),
    await listed(key({ revoked: "2026-01-02T03:04:05Z" })),
    await listed(key({ expires: "2026-01-02T03:04:05Z", revoked: zero })),
    await listed(key({ invalid: true, revoked: "", expires: zero })),
    await listed(key({ expires: "2999-01-01T00:00:00Z" })),
    await of(() => Promise.reject(statusError(call, "Tailscale", 403, ""))),
  ];
  expect(answers).toEqual([
    "credential-revoked: the tailnet has no credential kid",
    "credential-revoked: kid was revoked at 2026-01-02T03:04:05Z",
    "credential-expired: kid expired at 2026-01-02T03:04:05Z",
    "credential-revoked: kid is marked as invalid",
    "credential-wrong-secret: Tailscale answers 401: API token invalid, although OAuth client kid exists",
    "credential-refused: Tailscale answers 401: API token invalid; oauth_keys:read would tell whether it expired or was revoked",
  ]);
  expect(answers.join()).not.toContain("hidden");
});

test("a failure that is not a refusal says nothing about the credential", async () => {
  const failing = await operator({ status: 500, body: {} });
  await expect(oauthOutcome(failing, "kid", () => Promise.resolve([]))).rejects.toBeInstanceOf(LiveError);
});

test("a scope is missing if the token lacks it, or if the probe gets 403 or 404", async () => {
  const probe = (status: number) => () => Promise.reject(statusError(call, "Tailscale", status, ""));
  const succeeds = () => Promise.resolve();
  expect([
    diagnosis(await scopeOutcome("services", ["auth_keys", "devices:core"], succeeds)),
    diagnosis(await scopeOutcome("services", ["all"], succeeds)),
    diagnosis(await scopeOutcome("services", undefined, succeeds)),
    diagnosis(await scopeOutcome("services", undefined, probe(404))),
    diagnosis(await scopeOutcome("auth_keys", ["auth_keys"], probe(403))),
    diagnosis(await scopeOutcome("services", ["services"], probe(500))),
  ]).toEqual([
    "scope-missing: services is not among the token's scopes: auth_keys, devices:core",
    "ok: a read that needs services succeeds",
    "ok: a read that needs services succeeds",
    "scope-missing: services: Tailscale answers 404",
    "scope-missing: auth_keys: Tailscale answers 403",
    "unknown: Tailscale answers 500",
  ]);
});

test("a federated identity is missing, of another issuer, expired, or complete", () => {
  const identity = { issuer: "https://issuer.example", subject: "system:serviceaccount:tailscale:operator" };
  const own = key({ ...identity, scopes: ["auth_keys"] });
  const of = (...keys: TailscaleKey[]) => diagnosis(identityOutcome(keys, identity));
  expect([
    of(key()),
    of({ ...own, issuer: "https://other.example" }),
    of({ ...own, issuer: "https://other.example" }, own),
    of({ ...own, expires: "2026-01-02T03:04:05Z" }),
  ]).toEqual([
    `credential-revoked: the tailnet has no federated identity for ${identity.subject}`,
    "identity-mismatch: kid trusts the issuer https://other.example, not https://issuer.example",
    `ok: federated identity kid for ${identity.subject}`,
    "credential-expired: kid expired at 2026-01-02T03:04:05Z",
  ]);
  expect([
    diagnosis(identityScopeOutcome("auth_keys", [own], identity)),
    diagnosis(identityScopeOutcome("services", [own], identity)),
    diagnosis(identityScopeOutcome("services", [], identity)),
  ]).toEqual([
    "ok: kid has auth_keys",
    "scope-missing: services is not among the scopes of kid: auth_keys",
    `unknown: no federated identity for ${identity.subject}`,
  ]);
});
