import type { z } from "zod";
import { connectionError, type LiveCall, statusError, unreadableAnswer } from "./live-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { type TailscaleAccess, tailscaleAccess, tailscaleEndpoint } from "./tailscale-credentials.ts";
import * as shapes from "./tailscale-shapes.ts";
import { TIME_LIMIT_MS, withinTimeLimit } from "./time-limit.ts";

export interface LivePolicy {
  /** The policy file as it was written, comments included. */
  readonly hujson: string;
  /** `ts-default` for a policy that nobody has edited; undefined if the answer names none. */
  readonly etag: string | undefined;
}

interface Answer {
  readonly text: string;
  readonly headers: Headers;
}

const SYSTEM = "Tailscale";

/**
 * Reads a tailnet through Tailscale's API v2, which has no official client for JavaScript. Paths, forms and
 * authentication are those of `tailscale.com/client/tailscale/v2`, the client of the Tailscale provider.
 *
 * Each method throws a LiveError that names the scope it needs.
 */
export class TailscaleClient {
  readonly #access: TailscaleAccess;
  readonly #limitMs: number;
  #token: Promise<z.infer<typeof shapes.token>> | undefined;

  constructor(access: TailscaleAccess, limitMs = TIME_LIMIT_MS) {
    this.#access = access;
    this.#limitMs = limitMs;
  }

  /** @throws LiveError `credential` */
  static fromSettings(settings: ProviderSettings): TailscaleClient {
    return new TailscaleClient(tailscaleAccess(settings));
  }

  /** A client with another OAuth client than the stack's, such as the operator's. */
  static ofOauthClient(settings: ProviderSettings, clientId: string, clientSecret: string): TailscaleClient {
    const credential = { kind: "oauth", clientId, clientSecret, scopes: [] } as const;
    return new TailscaleClient({ ...tailscaleEndpoint(settings), credential });
  }

  async policy(): Promise<LivePolicy> {
    const call = { subject: "policy of the tailnet", permission: "the scope policy_file:read" };
    const { text, headers } = await this.#get(call, "acl", "application/hujson");
    return { hujson: text, etag: headers.get("etag")?.replaceAll('"', "") };
  }

  async devices(): Promise<readonly shapes.TailscaleDevice[]> {
    const call = { subject: "devices of the tailnet", permission: "the scope devices:core:read" };
    return (await this.#json(call, "devices", shapes.devices)).devices;
  }

  /** OAuth clients, federated identities and auth keys of everybody. Their secrets are not in the answer. */
  async keys(): Promise<readonly shapes.TailscaleKey[]> {
    const call = {
      subject: "OAuth clients of the tailnet",
      permission: "the scopes oauth_keys:read, federated_keys:read and auth_keys:read",
    };
    return (await this.#json(call, "keys?all=true", shapes.keys)).keys;
  }

  /** The auth keys that the credential created. */
  async authKeys(): Promise<readonly shapes.TailscaleKey[]> {
    const call = { subject: "auth keys of the tailnet", permission: "the scope auth_keys:read" };
    return (await this.#json(call, "keys", shapes.keys)).keys;
  }

  /** @returns whether MagicDNS is on */
  async magicDns(): Promise<boolean> {
    const call = { subject: "MagicDNS of the tailnet", permission: "the scope dns:read" };
    return (await this.#json(call, "dns/preferences", shapes.dnsPreferences)).magicDNS;
  }

  /** The settings that the credential may read. The API leaves out the others. */
  async settings(): Promise<shapes.TailnetSettings> {
    const permission = "the scopes feature_settings:read and networking_settings:read";
    const call = { subject: "settings of the tailnet", permission };
    return await this.#json(call, "settings", shapes.tailnetSettings);
  }

  /** Tailscale Services. Without the scope, the API answers 404 (tailscale/tailscale#19471). */
  async vipServices(): Promise<readonly shapes.VipService[]> {
    const call = { subject: "Tailscale Services of the tailnet", permission: "the scope services:read" };
    return (await this.#json(call, "vip-services", shapes.vipServices)).vipServices;
  }

  /** The scopes of the access token; undefined for an API key, which has those of its user. */
  async grantedScopes(): Promise<readonly string[] | undefined> {
    if (this.#access.credential.kind === "apiKey") return undefined;
    return (await this.#accessToken()).scope?.split(" ").filter((scope) => scope !== "");
  }

  async #json<T>(call: LiveCall, path: string, shape: z.ZodType<T>): Promise<T> {
    const { text } = await this.#get(call, path, "application/json");
    return this.#parse(call, text, shape);
  }

  async #get(call: LiveCall, path: string, accept: string): Promise<Answer> {
    const authorization = await this.#authorization();
    const url = `${this.#baseUrl}/api/v2/tailnet/${encodeURIComponent(this.#access.tailnet)}/${path}`;
    return await this.#send(call, url, { headers: { accept, authorization } });
  }

  async #authorization(): Promise<string> {
    const { credential } = this.#access;
    if (credential.kind === "apiKey") {
      return `Basic ${Buffer.from(`${credential.apiKey}:`).toString("base64")}`;
    }
    return `Bearer ${(await this.#accessToken()).access_token}`;
  }

  /** Exchanges the credential for an access token, once. A token lasts an hour, longer than any command here. */
  async #accessToken(): Promise<z.infer<typeof shapes.token>> {
    this.#token ??= this.#exchange();
    return await this.#token;
  }

  async #exchange(): Promise<z.infer<typeof shapes.token>> {
    const { credential } = this.#access;
    if (credential.kind === "apiKey") throw new Error("an API key is sent as it is");
    const subject = credential.kind === "oauth" ? "Tailscale OAuth client" : "Tailscale identity token";
    const call = { subject, permission: "an ID and a secret that belong together" };
    const isOauth = credential.kind === "oauth";
    const form: Record<string, string> = isOauth
      ? { grant_type: "client_credentials" }
      : { client_id: credential.clientId, jwt: credential.identityToken };
    if (isOauth && credential.scopes.length > 0) form["scope"] = credential.scopes.join(" ");
    if (isOauth)
      Object.assign(form, { client_id: credential.clientId, client_secret: credential.clientSecret });
    const path = isOauth ? "token" : "token-exchange";
    const { text } = await this.#send(call, `${this.#baseUrl}/api/v2/oauth/${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
    return this.#parse(call, text, shapes.token);
  }

  async #send(call: LiveCall, url: string, init: RequestInit): Promise<Answer> {
    return await withinTimeLimit(call, this.#limitMs, async (signal) => {
      const { status, ok, headers, text } = await this.#fetch(call, url, { ...init, signal });
      if (!ok) throw statusError(call, SYSTEM, status, messageOf(text));
      return { text, headers };
    });
  }

  async #fetch(call: LiveCall, url: string, init: RequestInit) {
    try {
      const response = await fetch(url, init);
      const { status, ok, headers } = response;
      return { status, ok, headers, text: await response.text() };
    } catch (error) {
      throw connectionError(call, this.#baseUrl, error);
    }
  }

  #parse<T>(call: LiveCall, text: string, shape: z.ZodType<T>): T {
    const parsed = shape.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
    throw unreadableAnswer(call, this.#baseUrl, `not the expected JSON${where}`);
  }

  get #baseUrl(): string {
    return this.#access.baseUrl.replace(/\/+$/, "");
  }
}

/** The API's message; an error page of a proxy is left out. */
function messageOf(text: string): string {
  const { data } = shapes.refusal.safeParse(parseJson(text));
  return data?.message ?? "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
