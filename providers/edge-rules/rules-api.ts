import type { Credential } from "./credential.ts";
import type { Call } from "./planner.ts";
import type { EntryPoint, LiveRule, Phase } from "./rule.ts";

/** The form of Cloudflare's answers. */
interface Envelope {
  readonly result?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly code?: number; readonly message?: string }[];
}

/** A call that Cloudflare refuses, or that got no answer. */
export class ApiFailure extends Error {
  /** HTTP status; undefined without an answer. */
  readonly status: number | undefined;
  /** Cloudflare's error codes. */
  readonly codes: readonly number[];
  /** How long Cloudflare asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    {
      status,
      codes = [],
      retryAfterMs,
    }: { status?: number; codes?: readonly number[]; retryAfterMs?: number },
  ) {
    super(message);
    this.status = status;
    this.codes = codes;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later: no answer, a conflict with another writer, a rate limit, a server error. */
  get isTemporary(): boolean {
    const { status } = this;
    return status === undefined || status === 409 || status === 429 || status >= 500;
  }
}

/** How long one call may take, in milliseconds. */
const TIME_LIMIT_MS = 30_000;

/** A zone's entry points, by Cloudflare's rule endpoints. No call touches a rule that it does not name. */
export class RulesApi {
  readonly #credential: Credential;
  readonly #send: typeof fetch;

  /** @param send - makes the requests; default `fetch` */
  constructor(credential: Credential, send: typeof fetch = fetch) {
    this.#credential = credential;
    this.#send = send;
  }

  /** @returns undefined if the phase has no entry point */
  async entryPoint(zoneId: string, phase: Phase): Promise<EntryPoint | undefined> {
    try {
      return await this.#call("GET", `/zones/${zoneId}/rulesets/phases/${phase}/entrypoint`);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Makes one call of a plan.
   *
   * The entry point is created by POST, which fails if somebody else has just created it. PUT would replace theirs.
   *
   * @param live - the entry point that the plan is for
   * @returns the entry point after the call
   */
  async carryOut(
    zoneId: string,
    phase: Phase,
    live: EntryPoint | undefined,
    call: Call,
  ): Promise<EntryPoint> {
    const rules = `/zones/${zoneId}/rulesets/${live?.id ?? ""}/rules`;
    switch (call.kind) {
      case "create-entry-point":
        // The name that Cloudflare's dashboard gives an entry point.
        return await this.#call("POST", `/zones/${zoneId}/rulesets`, {
          kind: "zone",
          name: "default",
          phase,
          rules: call.rules,
        });
      case "create-rule":
        return await this.#call("POST", rules, { ...call.rule, ...placed(call) });
      case "update-rule":
        // A PATCH replaces the whole definition of the rule.
        return await this.#call("PATCH", `${rules}/${call.id}`, { ...call.rule, ...placed(call) });
      case "delete-rule":
        return await this.#call("DELETE", `${rules}/${call.id}`);
    }
  }

  async #call(method: string, path: string, body?: object): Promise<EntryPoint> {
    const { baseUrl, headers } = this.#credential;
    const response = await this.#send(`${baseUrl}${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new ApiFailure(`no answer from ${baseUrl}: ${causeOf(error)}`, {});
    });
    const answer = (await response.json().catch(() => ({}))) as Envelope;
    if (response.ok && answer.result) return entryPointOf(answer.result);
    // The call was carried out. Without its ruleset, the entry point has to be read again, as after no answer.
    if (response.ok) throw new ApiFailure(`Cloudflare answers ${response.status} without a ruleset`, {});
    const errors = answer.errors ?? [];
    const text = errors.map(({ code = "", message = "" }) => `${code} ${message}`.trim()).join("; ");
    const retryAfterMs = waitOf(response);
    throw new ApiFailure(`Cloudflare answers ${response.status}${text === "" ? "" : `: ${text}`}`, {
      status: response.status,
      codes: errors.flatMap(({ code }) => code ?? []),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}

function placed({ position }: { readonly position?: object }): object {
  return position === undefined ? {} : { position };
}

/** An entry point without rules has no list of them. */
function entryPointOf({ id, version, rules = [] }: Readonly<Record<string, unknown>>): EntryPoint {
  return { id: String(id), version: String(version), rules: rules as readonly LiveRule[] };
}

/** `Retry-After` in seconds. Cloudflare sends no dates. */
function waitOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? undefined);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** The innermost cause: fetch reports only "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : causeOf(error.cause);
}
