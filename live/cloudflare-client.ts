import type Cloudflare from "cloudflare";
import type { RecordResponse } from "cloudflare/resources/dns/records";
import type { PageRule } from "cloudflare/resources/page-rules/page-rules";
import type { PhaseGetResponse } from "cloudflare/resources/rulesets/phases/phases";
import type { CertificatePackListResponse } from "cloudflare/resources/ssl/certificate-packs/certificate-packs";
import type { RouteListResponse } from "cloudflare/resources/workers/routes";
import type { Zone } from "cloudflare/resources/zones/zones";
import { connectionError, type LiveCall, LiveError, statusError } from "./live-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { TIME_LIMIT_MS, withinTimeLimit } from "./time-limit.ts";

/** The phases whose entry point the public edge writes. */
export type RulesetPhase =
  | "http_request_origin"
  | "http_config_settings"
  | "http_request_dynamic_redirect"
  | "http_request_late_transform";

/**
 * Reads Cloudflare with the credential that the Cloudflare provider takes.
 *
 * Each method throws a LiveError that names the permission it needs.
 */
export class CloudflareClient {
  readonly #client: Cloudflare;
  readonly #limitMs: number;

  private constructor(client: Cloudflare, limitMs: number) {
    this.#client = client;
    this.#limitMs = limitMs;
  }

  /** @throws LiveError `credential` if there is none */
  static async fromSettings(settings: ProviderSettings, limitMs = TIME_LIMIT_MS): Promise<CloudflareClient> {
    const apiToken = settings.get("cloudflare:apiToken", "CLOUDFLARE_API_TOKEN") ?? null;
    const apiKey = settings.get("cloudflare:apiKey", "CLOUDFLARE_API_KEY") ?? null;
    const apiEmail = settings.get("cloudflare:email", "CLOUDFLARE_EMAIL") ?? null;
    if (apiToken === null && (apiKey === null || apiEmail === null)) throw noCredential();
    const baseURL = settings.get("cloudflare:baseUrl", "CLOUDFLARE_BASE_URL");
    // Loading it takes 0.3 s, which commands that read no zone need not wait for.
    const { Cloudflare } = await import("cloudflare");
    // The client writes nothing to a log, because the headers have the credential.
    const options = { apiToken, apiKey, apiEmail, maxRetries: 1, logLevel: "off" } as const;
    return new CloudflareClient(new Cloudflare({ ...options, ...(baseURL && { baseURL }) }), limitMs);
  }

  /** The zone of that name; undefined if the credential sees none. */
  async zone(name: string): Promise<Zone | undefined> {
    const call = { subject: `zone ${name}`, permission: "the permission Zone Read" };
    return await this.#send(call, async (options) => {
      const { result } = await this.#client.zones.list({ name }, options);
      return result[0];
    });
  }

  /** The DNS records of a name, of all types. */
  async records(zoneId: string, name: string): Promise<readonly RecordResponse[]> {
    const call = { subject: `DNS records of ${name}`, permission: "the permission DNS Read" };
    return await this.#send(call, async (options) => {
      const query = { zone_id: zoneId, name: { exact: name }, per_page: 100 };
      return (await this.#client.dns.records.list(query, options)).result;
    });
  }

  /** The rules of a phase in a zone; undefined if the phase has no entry point. */
  async entryPoint(zoneId: string, phase: RulesetPhase): Promise<PhaseGetResponse | undefined> {
    const permission = `the permission ${PHASE_PERMISSIONS[phase]}`;
    const call = { subject: `rules of phase ${phase}`, permission };
    return await this.#orMissing(call, (options) =>
      this.#client.rulesets.phases.get(phase, { zone_id: zoneId }, options),
    );
  }

  /** The names of the account's Workers. */
  async workerScripts(accountId: string): Promise<readonly string[]> {
    const call = { subject: "Workers of the account", permission: "the permission Workers Scripts Read" };
    return await this.#send(call, async (options) => {
      const { result } = await this.#client.workers.scripts.list({ account_id: accountId }, options);
      return result.flatMap(({ id }) => id ?? []);
    });
  }

  /** The content of a Worker: its modules, as one text. */
  async workerContent(accountId: string, name: string): Promise<string> {
    const call = { subject: `Worker ${name}`, permission: "the permission Workers Scripts Read" };
    return await this.#send(call, async (options) => {
      const response = await this.#client.workers.scripts.content.get(
        name,
        { account_id: accountId },
        options,
      );
      return await response.text();
    });
  }

  async workerRoutes(zoneId: string): Promise<readonly RouteListResponse[]> {
    const call = { subject: "Worker routes of the zone", permission: "the permission Workers Routes Read" };
    return await this.#send(call, async (options) => {
      return (await this.#client.workers.routes.list({ zone_id: zoneId }, options)).result;
    });
  }

  /** The zone's edge certificates, pending ones included. */
  async certificatePacks(zoneId: string): Promise<readonly CertificatePackListResponse[]> {
    const permission = "the permission SSL and Certificates Read";
    const call = { subject: "edge certificates of the zone", permission };
    return await this.#send(call, async (options) => {
      const query = { zone_id: zoneId, status: "all", per_page: 50 } as const;
      return (await this.#client.ssl.certificatePacks.list(query, options)).result;
    });
  }

  /** The value of a setting of the whole zone, such as `strict` of `ssl`. */
  async zoneSetting(zoneId: string, setting: "ssl" | "always_use_https"): Promise<string> {
    const call = {
      subject: `setting ${setting} of the zone`,
      permission: "the permission Zone Settings Read",
    };
    return await this.#send(call, async (options) => {
      const { value } = (await this.#client.zones.settings.get(setting, { zone_id: zoneId }, options)) as {
        readonly value?: unknown;
      };
      return String(value);
    });
  }

  async pageRules(zoneId: string): Promise<readonly PageRule[]> {
    const call = { subject: "Page Rules of the zone", permission: "the permission Page Rules Read" };
    return await this.#send(call, (options) =>
      this.#client.pageRules.list({ zone_id: zoneId, status: "active" }, options),
    );
  }

  async #orMissing<T>(call: LiveCall, request: Request<T>): Promise<T | undefined> {
    try {
      return await this.#send(call, request);
    } catch (error) {
      if (error instanceof LiveError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #send<T>(call: LiveCall, request: Request<T>): Promise<T> {
    return await withinTimeLimit(call, this.#limitMs, async (signal) => {
      try {
        return await request({ signal });
      } catch (error) {
        const { status, errors } = error as { status?: unknown; errors?: readonly ApiMessage[] };
        if (typeof status !== "number") throw connectionError(call, this.#client.baseURL, error);
        const message = (errors ?? []).map(({ code, message: text }) => `${code} ${text}`).join("; ");
        throw statusError(call, "Cloudflare", status, message);
      }
    });
  }
}

type Request<T> = (options: { readonly signal: AbortSignal }) => Promise<T>;

interface ApiMessage {
  readonly code: number;
  readonly message: string;
}

const PHASE_PERMISSIONS: Readonly<Record<RulesetPhase, string>> = {
  http_request_origin: "Origin Rules Read",
  http_config_settings: "Config Rules Read",
  http_request_dynamic_redirect: "Single Redirect Read",
  http_request_late_transform: "Transform Rules Read",
};

function noCredential(): LiveError {
  return new LiveError("credential", {
    path: "Cloudflare credential",
    found: "nothing",
    allowed: "an API token",
    fix: "set CLOUDFLARE_API_TOKEN, or cloudflare:apiToken in the stack's configuration",
  });
}
