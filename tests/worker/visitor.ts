import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { originName, publicHost } from "../../tools/worker-lab/funnel.ts";
import { writePieces } from "./pieces.ts";

/** A response as a visitor sees it; `broken` when it ended before it was whole. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value, … as they came. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly broken: boolean;
}

/** Where a request is sent: to the Worker, or directly to the origin with the SNI that the Worker uses. */
export type Target = { readonly worker: number } | { readonly origin: number; readonly ca: string };

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

const MAX_HEADER_SIZE = 256 * 1024;

/** One request on a connection of its own. Rejects when there is no valid response head. */
export async function ask(target: Target, { body, headers, ...rest }: Ask): Promise<Answer> {
  const host = { host: publicHost, "x-forwarded-proto": "https" };
  const common = {
    ...rest,
    headers: { ...host, ...headers },
    agent: false,
    maxHeaderSize: MAX_HEADER_SIZE,
    setHost: false,
  } as const;
  const request =
    "worker" in target
      ? httpRequest({ ...common, host: "127.0.0.1", port: target.worker })
      : httpsRequest({
          ...common,
          host: "127.0.0.1",
          port: target.origin,
          ca: target.ca,
          servername: originName,
        });
  let broken = false;
  // After the head, Node reports an error in the body on the request, and not always on the response.
  request.on("error", () => (broken = true));
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    broken = true;
  }
  const { statusCode: status = 0, statusMessage: reason = "", rawHeaders } = response;
  return { status, reason, rawHeaders, headers: response.headers, body: Buffer.concat(chunks), broken };
}

/** Writes the pieces one after the other, each in its own packet, and returns everything received until the end. */
export async function exchange(target: Target, pieces: readonly Buffer[]): Promise<Buffer> {
  const socket =
    "worker" in target
      ? connectTcp(target.worker, "127.0.0.1")
      : connectTls({ host: "127.0.0.1", port: target.origin, ca: target.ca, servername: originName });
  socket.setNoDelay();
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // A server that refuses a request may reset the connection while the rest is still being sent.
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  await writePieces(socket, pieces);
  await closed;
  return Buffer.concat(chunks);
}
