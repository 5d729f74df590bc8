import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Identity } from "./certificates.ts";

/** The head of a request as an origin receives it, header names in lower case. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Serves one request. A request that follows on the same connection waits until this settles. */
export type RawResponder = (request: RawRequest, connection: TLSSocket) => Promise<void> | void;

/** A TLS server that writes its own HTTP, for responses that Node would not write on a connection that stays open. */
export interface RawOrigin {
  readonly port: number;
  /** TCP connections accepted so far. */
  readonly accepted: () => number;
  /** TCP connections that are open now. */
  readonly open: () => number;
  readonly stop: () => Promise<void>;
}

/** Bodies of requests are not read: a request is its head. */
export async function startRawOrigin(identity: Identity, respond: RawResponder): Promise<RawOrigin> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer(identity, (connection) => {
    connection.setNoDelay();
    connection.on("error", () => undefined);
    let text = "";
    let serving = Promise.resolve();
    connection.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const request = parseHead(text.slice(0, end));
        text = text.slice(end + 4);
        serving = serving.then(() => respond(request, connection));
      }
    });
  });
  server.on("tlsClientError", () => undefined);
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    open: () => sockets.size,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

function parseHead(text: string): RawRequest {
  const [line = "", ...lines] = text.split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const headers = lines.map((header): [string, string] => {
    const colon = header.indexOf(":");
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
  });
  return { method, target, headers: Object.fromEntries(headers) };
}
