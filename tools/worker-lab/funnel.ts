import { once } from "node:events";
import { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext } from "node:tls";
import type { Identity } from "./certificates.ts";

/**
 * The name that the Worker connects to in place of a ts.net name: every machine resolves it to loopback without
 * any change to its name service.
 */
export const originName = "localhost";

/** The public hostname, which the origin's certificate does not cover. */
export const publicHost = "app.example.com";

/** A TLS server that serves one SNI and refuses the handshake for any other, as Tailscale Funnel does. */
export interface Funnel {
  readonly port: number;
  /** The SNI of every handshake so far, refused ones included. */
  readonly serverNames: readonly string[];
  /** Also emits `closed` whenever a TCP connection has closed. */
  readonly server: Server;
  /** Closes the TCP connection below a TLS one, without the close_notify that ends TLS. */
  readonly cutTcp: (connection: Socket) => void;
  readonly stop: () => Promise<void>;
}

export async function startFunnel(identity: Identity, listener: RequestListener): Promise<Funnel> {
  const serverNames: string[] = [];
  const context = createSecureContext(identity);
  const server = createServer(
    {
      maxHeaderSize: 256 * 1024,
      SNICallback: (name, done) => {
        serverNames.push(name);
        if (name === originName) done(null, context);
        else done(new Error(`no handler for ${name}`));
      },
    },
    listener,
  );
  // Tests also disconnect early.
  server.on("tlsClientError", () => undefined);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      server.emit("closed");
    });
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    serverNames,
    server,
    cutTcp: ({ remotePort }) => {
      for (const socket of sockets) if (socket.remotePort === remotePort) socket.destroy();
    },
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** The body of a request, as the application receives it from the Funnel. */
export async function readRequest(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The connection that carries a response, to write bytes on it that Node would not write. */
export function connectionOf(response: ServerResponse): Socket {
  if (response.socket === null) throw new Error("the connection is already closed");
  return response.socket;
}
