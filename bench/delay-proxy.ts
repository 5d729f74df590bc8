import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Starts a TCP proxy to a local port that adds a round-trip time to the TCP handshake and to all data. Returns its port. */
export async function startDelayProxy(target: number, roundTripMs: number): Promise<number> {
  const server = createServer({ noDelay: true }, (client) => {
    const origin = connect({ port: target, host: "127.0.0.1", noDelay: true });
    const established = performance.now() + roundTripMs;
    forward(client, origin, roundTripMs / 2, established);
    forward(origin, client, roundTripMs / 2, established);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Starts a proxy to a DNS server on UDP that answers after a round-trip time. Takes and returns `127.0.0.1:<port>`. */
export async function startNameServerProxy(target: string, roundTripMs: number): Promise<string> {
  const targetPort = Number(target.split(":")[1]);
  const front = createSocket("udp4");
  front.on("message", (query, client) => {
    setTimeout(() => {
      // A socket for each query, so that its answer finds the client.
      const back = createSocket("udp4");
      back.once("message", (answer) => {
        front.send(answer, client.port, client.address);
        back.close();
      });
      back.send(query, targetPort, "127.0.0.1");
    }, roundTripMs);
  });
  front.bind(0, "127.0.0.1");
  await once(front, "listening");
  return `127.0.0.1:${front.address().port}`;
}

function forward(from: Socket, to: Socket, delayMs: number, established: number): void {
  const later = (action: () => void) => {
    const now = performance.now();
    setTimeout(action, Math.max(established - now, 0) + delayMs);
  };
  from.on("data", (data) => {
    later(() => to.write(data));
  });
  from.on("end", () => {
    later(() => to.end());
  });
  from.on("error", () => to.destroy());
  from.on("close", () => {
    later(() => to.destroy());
  });
}
