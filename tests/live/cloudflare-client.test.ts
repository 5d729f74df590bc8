import { afterEach, describe, expect, test } from "vitest";
import { CloudflareClient } from "../../live/cloudflare-client.ts";
import { LiveError } from "../../live/live-error.ts";
import { type Answer, type HttpApi, startHttpApi } from "./http-api.ts";
import { plainSettings } from "./settings.ts";

const TOKEN = "cloudflare-token";

let api: HttpApi;

afterEach(async () => {
  await api.stop();
});

async function clientOf(
  answers: Readonly<Record<string, Answer>>,
  limitMs?: number,
): Promise<CloudflareClient> {
  api = await startHttpApi(answers);
  const settings = plainSettings({ "cloudflare:apiToken": TOKEN, "cloudflare:baseUrl": api.url });
  return await CloudflareClient.fromSettings(settings, limitMs);
}

const ok = (result: unknown) => ({ body: { success: true, errors: [], messages: [], result } });
const refusal = (status: number, code: number, message: string) => ({
  status,
  body: { success: false, errors: [{ code, message }], messages: [], result: null },
});

async function errorOf(call: Promise<unknown>): Promise<LiveError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LiveError);
  return error as LiveError;
}

describe("reads", () => {
  test("a zone by its name, with the token", async () => {
    const zone = { id: "z1", name: "example.com", status: "active", account: { id: "a1" } };
    const client = await clientOf({
      "GET /zones?name=example.com": ok([zone]),
      "GET /zones?name=other.com": ok([]),
    });
    expect(await client.zone("example.com")).toEqual(zone);
    expect(await client.zone("other.com")).toBeUndefined();
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
    ]);
  });

  test("records of one name, routes and scripts", async () => {
    const record = { id: "r1", name: "app.example.com", type: "A", content: "192.0.2.1", proxied: false };
    const route = { id: "w1", pattern: "app.example.com/*", script: "edge" };
    const client = await clientOf({
      "GET /zones/z1/dns_records?name.exact=app.example.com&per_page=100": ok([record]),
      "GET /zones/z1/workers/routes": ok([route]),
      "GET /accounts/a1/workers/scripts": ok([{ id: "edge" }, { id: "other" }]),
    });
    expect(await client.records("z1", "app.example.com")).toEqual([record]);
    expect(await client.workerRoutes("z1")).toEqual([route]);
    expect(await client.workerScripts("a1")).toEqual(["edge", "other"]);
  });

  test("the rules of a phase, none without an entry point", async () => {
    const ruleset = { id: "s1", phase: "http_request_origin", rules: [{ id: "1", ref: "others" }] };
    const client = await clientOf({
      "GET /zones/z1/rulesets/phases/http_request_origin/entrypoint": ok(ruleset),
      "GET /zones/z1/rulesets/phases/http_config_settings/entrypoint": refusal(
        404,
        10003,
        "could not find entrypoint",
      ),
    });
    expect(await client.entryPoint("z1", "http_request_origin")).toEqual(ruleset);
    expect(await client.entryPoint("z1", "http_config_settings")).toBeUndefined();
  });
});

describe("failures", () => {
  test("a token without the permission is denied, with the permission's name", async () => {
    const client = await clientOf({
      "GET /zones/z1/rulesets/phases/http_request_origin/entrypoint": refusal(
        403,
        10000,
        "Authentication error",
      ),
    });
    const error = await errorOf(client.entryPoint("z1", "http_request_origin"));
    expect(error.reason).toBe("denied");
    expect(error.issue).toEqual({
      path: "rules of phase http_request_origin",
      found: "Cloudflare answers 403: 10000 Authentication error",
      allowed: "a credential with the permission Origin Rules Read",
      fix: "give the credential for Cloudflare the permission Origin Rules Read",
    });
    expect(JSON.stringify([error.message, error.stack])).not.toContain(TOKEN);
  });

  test("a 404 of anything but an entry point is an error", async () => {
    const client = await clientOf({ "GET /zones/z1/workers/routes": refusal(404, 7003, "could not route") });
    expect((await errorOf(client.workerRoutes("z1"))).reason).toBe("unexpected");
  });

  test("a server that does not answer ends at the time limit", async () => {
    const client = await clientOf({ "GET /zones/z1/workers/routes": "hang" }, 50);
    expect((await errorOf(client.workerRoutes("z1"))).reason).toBe("timeout");
  });

  test("a closed port is unreachable", async () => {
    const client = await clientOf({});
    await api.stop();
    const error = await errorOf(client.workerRoutes("z1"));
    expect(error.reason).toBe("unreachable");
    expect(error.issue.found).toContain("ECONNREFUSED");
    api = await startHttpApi({});
  });

  test("no credential is an issue", async () => {
    api = await startHttpApi({});
    const error = await errorOf(CloudflareClient.fromSettings(plainSettings({})));
    expect([error.reason, error.issue.path]).toEqual(["credential", "Cloudflare credential"]);
  });
});
