import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { traefikBinary } from "./binary.ts";

/** A router as Traefik's API shows it. */
export interface LoadedRouter {
  /** `<namespace>-<name>-<hash>@kubernetescrd` */
  readonly name: string;
  readonly rule: string;
  readonly status: "disabled" | "enabled" | "warning";
  readonly error?: readonly string[];
}

export interface RunningTraefik {
  /** Ports of the entry points `web` (plain HTTP) and `websecure` (TLS with Traefik's own certificate). */
  readonly ports: { readonly web: number; readonly websecure: number };
  /** The HTTP routers that Traefik has loaded. */
  readonly routers: () => Promise<readonly LoadedRouter[]>;
  readonly stop: () => Promise<void>;
}

const START_ATTEMPTS = 300;

/**
 * Starts Traefik on loopback. Its provider kubernetesCRD reads the cluster of a kubeconfig.
 *
 * @param providers - options of its provider kubernetesCRD, as in Traefik's static configuration
 * @param webOptions - further options of the entry point `web`
 * @throws Error with the end of Traefik's log if it does not start
 */
export async function startTraefik(
  kubeconfig: string,
  providers: object = {},
  webOptions: object = {},
): Promise<RunningTraefik> {
  const folder = await mkdtemp(join(tmpdir(), "traefik-"));
  const [web, websecure, api] = await freePorts(3);
  const configuration = {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    entryPoints: {
      web: { address: `127.0.0.1:${web}`, ...webOptions },
      websecure: { address: `127.0.0.1:${websecure}` },
      traefik: { address: `127.0.0.1:${api}` },
    },
    api: { insecure: true },
    ping: {},
    providers: { kubernetesCRD: { allowExternalNameServices: true, ...providers } },
  };
  const file = join(folder, "traefik.yml");
  await writeFile(file, JSON.stringify(configuration));
  // Traefik takes its configuration either from a file or from arguments.
  const child = execa(await traefikBinary(), [`--configFile=${file}`], {
    env: { KUBECONFIG: kubeconfig },
    reject: false,
    all: true,
    stdin: "ignore",
    killSignal: "SIGKILL",
  });
  const ended = new AbortController();
  void child.then(() => {
    ended.abort();
  });
  const stop = async () => {
    child.kill();
    await child;
    await rm(folder, { recursive: true, force: true });
  };
  const get = async (path: string) => await fetch(`http://127.0.0.1:${api}${path}`);
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const isReady = await get("/ping").then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) {
      const routers = async () =>
        (await (await get("/api/http/routers?per_page=1000")).json()) as LoadedRouter[];
      return { ports: { web, websecure }, routers, stop };
    }
    if (ended.signal.aborted) break;
    await setTimeout(100);
  }
  await stop();
  throw new Error(`Traefik did not start:\n${(await child).all.slice(-2000)}`);
}

/** Ports that were free a moment ago; Traefik cannot report a port that the system chose. */
async function freePorts(count: number): Promise<[number, number, number]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(
    servers.map(async (server) => {
      await once(server, "listening");
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(
    servers.map(async (server) => {
      await once(server.close(), "close");
    }),
  );
  return ports as [number, number, number];
}
