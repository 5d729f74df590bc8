import { within } from "./deadline.ts";
import { endToEndHeaders } from "./end-to-end-headers.ts";
import { EdgeFailure } from "./edge-failure.ts";
import { connectToOrigin } from "./origin-connection.ts";
import { sendRequest } from "./request-body.ts";
import { RecyclingReader } from "./recycling-reader.ts";
import { requestFraming, requestHead } from "./request-head.ts";
import { responseBody } from "./response-body.ts";
import { type ResponseHead, ResponseParser } from "./response-parser.ts";
import type { Settings } from "./settings.ts";
import { checkHandshake, handshakeHeaders, wantsWebSocket } from "./websocket-handshake.ts";
import { joinWebSocket } from "./websocket-relay.ts";

/**
 * Sends one request to the origin over its own connection and returns the response while its body still streams.
 * Throws an EdgeFailure that names the failed stage. Connections are not reused: Workers bind a socket to the
 * request that opened it.
 */
export async function forward(request: Request, settings: Settings): Promise<Response> {
  const handshake = wantsWebSocket(request) ? handshakeHeaders(request) : undefined;
  const requestText = requestHead(request, handshake);
  const connection = await connectToOrigin(settings);
  try {
    const sent = sendRequest(connection.writable, requestText, request.body, requestFraming(request));
    // A failed write alone is not a failure: the origin may respond before it has read the whole request.
    const brokenOff = new Promise<never>((_resolve, reject) => {
      sent.catch((error: unknown) => {
        if (!(error instanceof EdgeFailure)) return;
        connection.close();
        reject(error);
      });
    });
    const reader = new RecyclingReader(connection.readable);
    const parser = new ResponseParser(request.method);
    const late = () => new EdgeFailure("response", 504, `no response within ${settings.responseTimeout} ms`);
    const head = Promise.race([readHead(parser, reader), brokenOff]);
    const [answer, begun] = await within(settings.responseTimeout, head, late, sent);
    if (answer.status === 101) {
      if (handshake === undefined) throw new EdgeFailure("response", 502, "a 101 without an upgrade request");
      await checkHandshake(handshake, answer);
      reader.release();
      const webSocket = joinWebSocket(parser.rest, connection);
      return new Response(null, { status: 101, headers: webSocketHeaders(answer), webSocket });
    }
    return respond(answer, responseBody(parser, reader, connection, begun));
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function readHead(
  parser: ResponseParser,
  reader: RecyclingReader,
): Promise<[ResponseHead, Uint8Array]> {
  try {
    for (;;) {
      const bytes = await reader.read();
      if (bytes === undefined) throw new Error("the origin closed the connection before it answered");
      const begun = parser.push(bytes);
      if (parser.head !== undefined) return [parser.head, begun];
    }
  } catch (error) {
    throw new EdgeFailure("response", 502, "no valid response", error);
  }
}

function respond(head: ResponseHead, body: ReadableStream | null): Response {
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
