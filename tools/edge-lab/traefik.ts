import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { listenOnLoopback } from "./loopback-server.ts";

/** A Traefik process that listens on loopback. */
export interface RunningTraefik {
  /** The port of its entry point for TLS. */
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** A dynamic configuration, as far as it is extended here. */
export interface DynamicConfig {
  readonly http: { readonly routers: Readonly<Record<string, object>>; readonly [table: string]: object };
  readonly tls?: object;
}

const POLL_MS = 50;
const ATTEMPTS = 5;

/** Answers on an entry point of its own as soon as Traefik has applied the configuration that it is part of. */
const READY = { entryPoints: ["ready"], rule: "PathPrefix(`/`)", service: "ping@internal" };

/** Starts Traefik with the entry point `websecure` and the file provider. Its dynamic configuration is applied then. */
export async function startTraefik(binary: string, dynamic: DynamicConfig): Promise<RunningTraefik> {
  const folder = await mkdtemp(join(tmpdir(), "traefik-"));
  const file = join(folder, "dynamic.yml");
  const { http } = dynamic;
  // JSON is YAML.
  const config = { ...dynamic, http: { ...http, routers: { ...http.routers, ready: READY } } };
  await writeFile(file, JSON.stringify(config));
  for (let attempt = 1; ; attempt += 1) {
    const running = await launch(binary, file, await freePort(), await freePort());
    if ("port" in running) {
      const stop = async () => {
        await running.stop();
        await rm(folder, { recursive: true });
      };
      return { ...running, stop };
    }
    // Another process may have taken a port since it was free.
    if (attempt === ATTEMPTS) throw new Error(`Traefik did not start with ${file}:\n${running.failure}`);
  }
}

async function launch(
  binary: string,
  file: string,
  port: number,
  readyPort: number,
): Promise<RunningTraefik | { readonly failure: string }> {
  const child = spawn(
    binary,
    [
      `--entrypoints.websecure.address=127.0.0.1:${port}`,
      `--entrypoints.ready.address=127.0.0.1:${readyPort}`,
      "--ping.manualrouting=true",
      `--providers.file.filename=${file}`,
      "--providers.file.watch=false",
      "--global.checknewversion=false",
      "--global.sendanonymoususage=false",
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  child.stdout.on("data", (text: Buffer) => (log += text.toString()));
  child.stderr.on("data", (text: Buffer) => (log += text.toString()));
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  while (child.exitCode === null && !log.includes("Cannot start the provider")) {
    if (await isReady(readyPort)) return { port, stop };
    await setTimeout(POLL_MS);
  }
  await stop();
  return { failure: log };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const { port, stop } = await listenOnLoopback(createServer());
  await stop();
  return port;
}
