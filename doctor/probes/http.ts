import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Network } from "./network.ts";
import { type Destination, type Handshake, openTls, type ServerCertificate } from "./tls.ts";

/** What a server answers to `GET /`. */
export interface Reply {
  readonly kind: "reply";
  readonly certificate: ServerCertificate;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first bytes of the body, at most 4 KiB. */
  readonly body: string;
}

/** A reply, or how the connection failed before one. */
export type Answer =
  | Reply
  | Exclude<Handshake, { kind: "secured" }>
  /** The TLS connection is open, and no response comes within the limit. */
  | { readonly kind: "mute" }
  /** Something other than an HTTP response. */
  | { readonly kind: "garbled"; readonly reason: string };

const BODY_LIMIT = 4096;

/**
 * Sends `GET /` over TLS with any Host, follows no redirect, and closes the connection.
 *
 * @param limitMs - how long the response may take after the handshake
 */
export async function get(
  network: Network,
  destination: Destination,
  host: string,
  limitMs: number = network.stepLimitMs,
): Promise<Answer> {
  const { result, socket } = await openTls(network, destination);
  if (result.kind !== "secured") {
    socket.destroy();
    return result;
  }
  const signal = AbortSignal.timeout(limitMs);
  try {
    const sent = request({
      createConnection: () => socket,
      setHost: false,
      headers: { host, accept: "*/*", "user-agent": "tailnet-edge-doctor", connection: "close" },
      signal,
    });
    const received = once(sent, "response") as Promise<[IncomingMessage]>;
    sent.end();
    const [response] = await received;
    const { statusCode: status = 0, headers } = response;
    const body = await startOf(response);
    return { kind: "reply", certificate: result.certificate, status, headers: plain(headers), body };
  } catch (error) {
    if (signal.aborted) return { kind: "mute" };
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code.startsWith("HPE_")) return { kind: "garbled", reason: message };
    return { kind: "closed" };
  } finally {
    socket.destroy();
  }
}

async function startOf(response: IncomingMessage): Promise<string> {
  let body = Buffer.alloc(0);
  // A body that ends early is still evidence: the head is there.
  response.on("error", () => undefined);
  try {
    for await (const chunk of response) {
      body = Buffer.concat([body, chunk as Buffer]);
      if (body.length >= BODY_LIMIT) break;
    }
  } catch {
    // The bytes so far count.
  }
  return body.subarray(0, BODY_LIMIT).toString("utf8");
}

function plain(headers: IncomingMessage["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
}
