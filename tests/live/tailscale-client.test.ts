import { afterEach, describe, expect, test } from "vitest";
import { LiveError } from "../../live/live-error.ts";
import { TailscaleClient } from "../../live/tailscale-client.ts";
import { tailscaleAccess } from "../../live/tailscale-credentials.ts";
import { type Answer, type HttpApi, startHttpApi } from "./http-api.ts";
import { plainSettings } from "./settings.ts";

const SECRET = "tskey-client-secret";
const TOKEN_ANSWER = { body: { access_token: "token", scope: "policy_file:read dns" } };
const TAILNET = "/api/v2/tailnet/-";

let api: HttpApi;

afterEach(async () => {
  await api.stop();
});

async function clientOf(
  answers: Readonly<Record<string, Answer>>,
  config: Readonly<Record<string, string>> = {
    "tailscale:oauthClientId": "id",
    "tailscale:oauthClientSecret": SECRET,
  },
  limitMs?: number,
): Promise<TailscaleClient> {
  api = await startHttpApi({ "POST /api/v2/oauth/token": TOKEN_ANSWER, ...answers });
  return new TailscaleClient(
    tailscaleAccess(plainSettings({ "tailscale:baseUrl": `${api.url}/`, ...config })),
    limitMs,
  );
}

async function errorOf(call: Promise<unknown>): Promise<LiveError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LiveError);
  return error as LiveError;
}

describe("credentials", () => {
  test("an OAuth client is exchanged for a token, once", async () => {
    const client = await clientOf({
      [`GET ${TAILNET}/dns/preferences`]: { body: { magicDNS: true } },
      [`GET ${TAILNET}/devices`]: { body: { devices: [] } },
    });
    expect(await client.magicDns()).toBe(true);
    expect(await client.devices()).toEqual([]);
    expect(api.requests).toEqual([
      {
        target: "POST /api/v2/oauth/token",
        authorization: undefined,
        body: `grant_type=client_credentials&client_id=id&client_secret=${SECRET}`,
      },
      { target: `GET ${TAILNET}/dns/preferences`, authorization: "Bearer token", body: "" },
      { target: `GET ${TAILNET}/devices`, authorization: "Bearer token", body: "" },
    ]);
    expect(await client.grantedScopes()).toEqual(["policy_file:read", "dns"]);
  });

  test("an API key is sent as the user name, to the tailnet of the settings", async () => {
    const client = await clientOf(
      { "GET /api/v2/tailnet/example.com/dns/preferences": { body: { magicDNS: false } } },
      { "tailscale:apiKey": "tskey-api-key", "tailscale:tailnet": "example.com" },
    );
    expect(await client.magicDns()).toBe(false);
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      `Basic ${Buffer.from("tskey-api-key:").toString("base64")}`,
    ]);
    expect(await client.grantedScopes()).toBeUndefined();
  });

  test("an identity token is exchanged at its own endpoint", async () => {
    const client = await clientOf(
      {
        "POST /api/v2/oauth/token-exchange": TOKEN_ANSWER,
        [`GET ${TAILNET}/dns/preferences`]: { body: { magicDNS: true } },
      },
      { "tailscale:oauthClientId": "id", "tailscale:identityToken": "jwt" },
    );
    await client.magicDns();
    expect(api.requests[0]?.body).toBe("client_id=id&jwt=jwt");
  });

  test("none, or half of one, is an issue before any request", async () => {
    for (const [config, found] of [
      [{}, "nothing"],
      [{ "tailscale:oauthClientId": "id" }, "an OAuth client's ID without its secret"],
    ] as const) {
      const error = await errorOf(clientOf({}, config));
      expect([error.reason, error.issue.found]).toEqual(["credential", found]);
      expect(api.requests).toEqual([]);
      await api.stop();
    }
    api = await startHttpApi({});
  });
});

describe("answers", () => {
  test("the policy keeps every byte, and has its ETag", async () => {
    const hujson = '{\n  // kept\n  "grants": [],\n}\n';
    const client = await clientOf({
      [`GET ${TAILNET}/acl`]: { body: hujson, headers: { etag: '"ts-default"' } },
    });
    expect(await client.policy()).toEqual({ hujson, etag: "ts-default" });
  });

  test("lists that Go leaves out are empty", async () => {
    const client = await clientOf({
      [`GET ${TAILNET}/devices`]: {
        body: { devices: [{ name: "a.tail1.ts.net", hostname: "a", addresses: null }] },
      },
      [`GET ${TAILNET}/vip-services`]: { body: {} },
      [`GET ${TAILNET}/keys?all=true`]: { body: { keys: [{ id: "k1", keyType: "client" }] } },
      [`GET ${TAILNET}/settings`]: { body: { httpsEnabled: true } },
    });
    expect(await client.devices()).toEqual([
      { name: "a.tail1.ts.net", hostname: "a", addresses: [], tags: [] },
    ]);
    expect(await client.vipServices()).toEqual([]);
    expect(await client.keys()).toEqual([{ id: "k1", keyType: "client", scopes: [], tags: [] }]);
    expect(await client.settings()).toEqual({ httpsEnabled: true });
  });
});

describe("failures", () => {
  test.each([
    [
      401,
      "denied",
      "check that the credential for Tailscale is the right one, and has not expired or been revoked",
    ],
    [403, "denied", "give the credential for Tailscale the scope policy_file:read"],
    [429, "unexpected", "wait a few minutes, and run the command again"],
    [
      500,
      "unexpected",
      "run the command again; if the answer stays the same, look at the status page of Tailscale",
    ],
  ])("status %i is %s, with what to do", async (status, reason, fix) => {
    const client = await clientOf({
      [`GET ${TAILNET}/acl`]: { status, body: { message: "refused\nsecond line" } },
    });
    const error = await errorOf(client.policy());
    expect([error.reason, error.status]).toEqual([reason, status]);
    expect(error.issue).toEqual({
      path: "policy of the tailnet",
      found: `Tailscale answers ${status}: refused`,
      allowed: "a credential with the scope policy_file:read",
      fix,
    });
  });

  test("a wrong secret is denied, and in no error", async () => {
    const client = await clientOf({
      "POST /api/v2/oauth/token": { status: 401, body: { message: "API token invalid" } },
    });
    const error = await errorOf(client.policy());
    expect(error.issue).toMatchObject({
      path: "Tailscale OAuth client",
      found: "Tailscale answers 401: API token invalid",
    });
    expect(JSON.stringify([error.message, error.issue, error.stack])).not.toContain(SECRET);
  });

  test("an answer in another form is not read as empty", async () => {
    const client = await clientOf({
      [`GET ${TAILNET}/devices`]: { body: { devices: [{ hostname: "a" }] } },
      [`GET ${TAILNET}/dns/preferences`]: { body: "<html>a proxy</html>" },
    });
    expect((await errorOf(client.devices())).issue.found).toBe(
      `an answer of ${api.url} that cannot be read: not the expected JSON at devices.0.name`,
    );
    const error = await errorOf(client.magicDns());
    expect([error.reason, error.issue.found]).toEqual([
      "unexpected",
      `an answer of ${api.url} that cannot be read: not the expected JSON`,
    ]);
  });

  test("a server that does not answer ends at the time limit", async () => {
    const client = await clientOf({ "POST /api/v2/oauth/token": "hang" }, undefined, 50);
    const error = await errorOf(client.policy());
    expect([error.reason, error.issue.found]).toEqual(["timeout", "no answer within 0.05 seconds"]);
  });

  test("a closed port is unreachable", async () => {
    const client = await clientOf({});
    await api.stop();
    const error = await errorOf(client.policy());
    expect(error.reason).toBe("unreachable");
    expect(error.issue.found).toContain("ECONNREFUSED");
    api = await startHttpApi({});
  });
});
