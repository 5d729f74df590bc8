import { DurableObject } from "cloudflare:workers";
import { ConnectionPool } from "./connection-pool.ts";
import { EdgeFailure, failurePage } from "./edge-failure.ts";
import { type Attempt, failOver } from "./failover.ts";
import { type BegunResponse, exchange, respond, Unanswered } from "./forward.ts";
import { connectToOrigin, type OriginConnection } from "./origin-connection.ts";
import { isPoolable, POOL_HEADER, TARGET_HEADER } from "./pool-protocol.ts";
import { requestHead } from "./request-head.ts";
import { responseBody } from "./response-body.ts";
import { isReusable, keepAliveTimeout } from "./reuse.ts";
import { type Bindings, readSettings, type Settings } from "./settings.ts";

/** A connection is given up this long before the origin closes it, so that no request meets the close. */
const MARGIN_MS = 1000;

/**
 * Sends requests to the first healthy origin over connections that outlive a request: a Durable Object may keep
 * sockets, a Worker may not. Takes only requests that may be repeated, see {@link isPoolable}.
 */
export class OriginPool extends DurableObject<Bindings> {
  readonly #settings: Settings = readSettings(this.env);
  readonly #pool = new ConnectionPool();

  override async fetch(request: Request): Promise<Response> {
    if (!isPoolable(request)) return unavailable(400);
    try {
      return await failOver(
        request,
        this.#settings,
        async (attempt) =>
          (await this.#overIdle(request, attempt)) ??
          (await this.#overNew(request, attempt)) ??
          unavailable(503),
      );
    } catch (error) {
      if (!(error instanceof EdgeFailure)) throw error;
      console.error(`${error.stage}: ${error.message}`, error.cause);
      return failurePage(error);
    }
  }

  /** Returns undefined if there is no idle connection, or if the origin closed it without reading the request. */
  async #overIdle(request: Request, attempt: Attempt): Promise<Response | undefined> {
    const connection = await this.#pool.take(attempt.origin);
    if (connection === undefined) return undefined;
    try {
      return await this.#send(request, connection, attempt);
    } catch (error) {
      if (error instanceof Unanswered) return undefined;
      throw error;
    }
  }

  async #overNew(request: Request, attempt: Attempt): Promise<Response | undefined> {
    const { origin, connectTimeout } = attempt;
    const connection = await this.#pool.open(() => connectToOrigin(origin, connectTimeout));
    return connection && (await this.#send(request, connection, attempt));
  }

  async #send(request: Request, connection: OriginConnection, attempt: Attempt): Promise<Response> {
    try {
      const target = request.headers.get(TARGET_HEADER) ?? undefined;
      const head = requestHead(request, [], this.#settings, target);
      const { answer, parser, begun } = await exchange(request, head, connection, this.#settings, attempt);
      if (answer.status === 101) throw new EdgeFailure("response", 502, "a 101 without an upgrade request");
      const ended = (complete: boolean) => {
        this.#release(connection, parser, complete && isReusable(parser, request.method));
      };
      const response = respond(answer, responseBody(parser, connection, begun, ended));
      response.headers.delete(POOL_HEADER);
      return response;
    } catch (error) {
      this.#pool.discard(connection);
      throw error;
    }
  }

  #release(connection: OriginConnection, parser: BegunResponse["parser"], reusable: boolean): void {
    const idleTimeout = Math.min(this.#settings.idleTimeout, keepAliveTimeout(parser) - MARGIN_MS);
    if (reusable && idleTimeout > 0) this.#pool.keep(connection, idleTimeout);
    else this.#pool.discard(connection);
  }
}

/** The Worker sends the request itself. */
function unavailable(status: number): Response {
  return new Response(null, { status, headers: { [POOL_HEADER]: "unavailable" } });
}
