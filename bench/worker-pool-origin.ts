import { parentPort, workerData } from "node:worker_threads";
import type { Identity } from "../tools/worker-lab/certificates.ts";
import { startFunnel } from "../tools/worker-lab/funnel.ts";
import { startDelayProxy } from "./delay-proxy.ts";

/** The origin in its own thread, near and far. Posts a port for each round-trip time. */
const { identity, roundTrips } = workerData as {
  readonly identity: Identity;
  readonly roundTrips: readonly number[];
};
const bodies = new Map(
  [1024, 1024 * 1024].map((size) => [`/${size}`, Buffer.alloc(size, "0123456789abcdef")]),
);
const funnel = await startFunnel(identity, (request, response) => {
  const body = bodies.get(request.url ?? "");
  response.setHeader("content-length", body?.length ?? 0).end(body);
});
// Kept connections are idle while the other kinds have their turn; Node closes them after 5 seconds.
funnel.server.keepAliveTimeout = 120_000;
parentPort?.postMessage(await Promise.all(roundTrips.map((ms) => startDelayProxy(funnel.port, ms))));
