import { within } from "./deadline.ts";
import { EdgeFailure, OriginFailure } from "./edge-failure.ts";
import { endToEndHeaders } from "./end-to-end-headers.ts";
import { type Attempt, failOver, markBroken } from "./failover.ts";
import { connectToOrigin, type OriginConnection } from "./origin-connection.ts";
import { isProxyFailure } from "./proxy-failure.ts";
import { sendRequest } from "./request-body.ts";
import { requestFraming, requestHead } from "./request-head.ts";
import { responseBody } from "./response-body.ts";
import { type ResponseHead, ResponseParser } from "./response-parser.ts";
import type { Settings } from "./settings.ts";
import { checkHandshake, handshakeHeaders, wantsWebSocket } from "./websocket-handshake.ts";
import { joinWebSocket } from "./websocket-relay.ts";

/**
 * Sends one request to an origin over its own connection and returns the response while its body still streams.
 * Throws an EdgeFailure that names the failed stage. The connection is not reused: Workers bind a socket to the
 * request that opened it. Only a Durable Object may keep one, see origin-pool.ts.
 */
export async function forward(request: Request, settings: Settings): Promise<Response> {
  const handshake = wantsWebSocket(request) ? handshakeHeaders(request) : undefined;
  const head = requestHead(request, handshake ?? [["connection", "close"]], settings);
  return await failOver(request, settings, async (attempt) => {
    const connection = await connectToOrigin(attempt.origin, attempt.connectTimeout);
    try {
      const { parser, answer, begun } = await exchange(request, head, connection, settings, attempt);
      if (answer.status === 101) {
        if (handshake === undefined)
          throw new EdgeFailure("response", 502, "a 101 without an upgrade request");
        await checkHandshake(handshake, answer);
        const webSocket = joinWebSocket(parser.rest, connection, settings.connectTimeout);
        return new Response(null, { status: 101, headers: webSocketHeaders(answer), webSocket });
      }
      return respond(answer, responseBody(parser, connection, begun, connection.close));
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

/** A response whose head has arrived; `begun` is the data of a chunked body that arrived with it. */
export interface BegunResponse {
  readonly parser: ResponseParser;
  readonly answer: ResponseHead;
  readonly begun: Uint8Array;
}

/**
 * Sends the request and reads the head of the response. The request may still be sent when this returns. Throws an
 * OriginFailure if the origin closes without a response, or if its proxy responds and another origin can repeat the
 * request.
 */
export async function exchange(
  request: Request,
  head: string,
  { origin, writer, reader, close }: OriginConnection,
  { responseTimeout }: Settings,
  { canRepeat }: Pick<Attempt, "canRepeat">,
): Promise<BegunResponse> {
  const sent = sendRequest(writer, head, request.body, requestFraming(request), responseTimeout);
  // A failed write alone is not a failure: the origin may respond before it has read the whole request.
  const brokenOff = new Promise<never>((_resolve, reject) => {
    sent.catch((error: unknown) => {
      if (!(error instanceof EdgeFailure)) return;
      close();
      reject(error);
    });
  });
  const parser = new ResponseParser(request.method);
  const late = () => new EdgeFailure("response", 504, `no response within ${responseTimeout} ms`);
  const answered = Promise.race([readHead(parser, reader), brokenOff]);
  const start = request.body === null ? undefined : sent;
  const [answer, begun] = await within(responseTimeout, answered, late, start);
  if (isProxyFailure(parser)) {
    markBroken(origin);
    if (canRepeat)
      throw new OriginFailure("response", 502, `${answer.status} by the Funnel's proxy`, undefined, true);
  }
  return { parser, answer, begun };
}

async function readHead(
  parser: ResponseParser,
  reader: OriginConnection["reader"],
): Promise<[ResponseHead, Uint8Array]> {
  let hasBytes = false;
  try {
    for (;;) {
      const bytes = await reader.read();
      if (bytes === undefined) throw new Error("the origin closed the connection before it responded");
      hasBytes = true;
      const begun = parser.push(bytes);
      if (parser.head !== undefined) return [parser.head, begun];
    }
  } catch (error) {
    if (hasBytes) throw new EdgeFailure("response", 502, "no valid response", error);
    throw new Unanswered("response", 502, "no response", error, true);
  }
}

/** The origin closed the connection without a byte of a response. */
export class Unanswered extends OriginFailure {}

export function respond(head: ResponseHead, body: BodyInit | null): Response {
  try {
    return new Response(body, {
      status: head.status,
      statusText: head.reason,
      headers: responseHeaders(head),
      // Pass the body on as received; otherwise the runtime would compress it a second time.
      encodeBody: "manual",
    });
  } catch (error) {
    throw new EdgeFailure(
      "response",
      502,
      `a response with status ${head.status} cannot be passed on`,
      error,
    );
  }
}

/** Cloudflare and the visitor negotiate key and extensions themselves; only the protocol is the origin's. */
function webSocketHeaders(head: ResponseHead): Headers {
  const headers = responseHeaders(head);
  headers.delete("sec-websocket-accept");
  headers.delete("sec-websocket-extensions");
  return headers;
}

function responseHeaders(head: ResponseHead): Headers {
  const headers = new Headers();
  for (const [name, value] of endToEndHeaders(head.headers)) headers.append(name, value);
  return headers;
}
