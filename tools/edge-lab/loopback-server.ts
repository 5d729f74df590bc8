import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A TCP server on a port of loopback that the system chose. */
export interface LoopbackServer {
  readonly port: number;
  /** Ends the server and every connection. */
  readonly stop: () => Promise<void>;
}

/** Starts a server of `node:net`, `node:tls`, `node:http` or `node:https`. */
export async function listenOnLoopback(server: Server): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Clients disconnect at any time.
    socket.on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
