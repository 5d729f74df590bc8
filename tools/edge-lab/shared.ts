import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { traefikBinary } from "../traefik-lab/binary.ts";
import { type Authorities, createAuthorities } from "./identities.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback-server.ts";
import type { LabSettings } from "./settings.ts";
import { type Applications, traefikConfig } from "./traefik-config.ts";
import { type RunningTraefik, startTraefik } from "./traefik.ts";

/** What several laboratories share, because it takes long to start: authorities, applications, Traefik processes. */
export interface SharedParts {
  readonly authorities: Authorities;
  /** A Traefik with the configuration for these settings, started once. */
  readonly traefik: (settings: LabSettings) => Promise<RunningTraefik>;
  /** A port that nobody listens on. */
  readonly closedPort: number;
  readonly stop: () => Promise<void>;
}

export async function startSharedParts(): Promise<SharedParts> {
  const [binary, authorities] = await Promise.all([traefikBinary(), createAuthorities()]);
  const started = await Promise.all([
    startApplication((host, response) => {
      response.end(`application of ${host}\n`);
    }),
    startApplication((_, response) => {
      response.writeHead(500).end("the database is gone\n");
    }),
    startApplication(() => undefined),
  ]);
  const [working, failing, silent] = started;
  const closedPort = await unusedPort();
  const applications: Applications = {
    working: working.port,
    failing: failing.port,
    silent: silent.port,
    closed: closedPort,
  };
  const processes = new Map<string, Promise<RunningTraefik>>();
  return {
    authorities,
    closedPort,
    traefik: (settings) => {
      const config = traefikConfig(settings, applications);
      const key = JSON.stringify(config);
      const running = processes.get(key) ?? startTraefik(binary, config);
      processes.set(key, running);
      return running;
    },
    stop: async () => {
      const all = await Promise.all(processes.values());
      await Promise.all([...all, ...started].map(({ stop }) => stop()));
    },
  };
}

type Respond = (
  host: string,
  response: { end(text: string): void; writeHead(status: number): { end(text: string): void } },
) => void;

/** An application that sees the Host that Traefik passes on. */
async function startApplication(respond: Respond): Promise<LoopbackServer> {
  return listenOnLoopback(
    createHttpServer((request, response) => {
      respond(request.headers.host ?? "", response);
    }),
  );
}

async function unusedPort(): Promise<number> {
  const { port, stop } = await listenOnLoopback(createServer());
  await stop();
  return port;
}
