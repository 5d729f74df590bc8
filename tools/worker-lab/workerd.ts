import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundlePool, bundleWorker } from "../../worker/bundle.ts";

const { default: workerdBinary } = createRequire(import.meta.url)("workerd") as { default: string };

/** A Worker that runs in its own workerd process and listens on loopback. */
export interface RunningWorker {
  readonly port: number;
  /** Chrome DevTools protocol of each script, see inspector.ts. */
  readonly inspectorPort: number;
  readonly pid: number;
  /** What workerd and the Worker have logged so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export interface WorkerOptions {
  /** Bindings, all of type text. */
  readonly bindings: Readonly<Record<string, string>>;
  /** The only authorities, in PEM, that outgoing TLS trusts. */
  readonly authorities: readonly string[];
  /** ES module to run instead of this project's Worker. */
  readonly script?: string;
  /** Keeps connections in Durable Objects, in a script of their own with the same bindings. */
  readonly pool?: boolean;
  /** ES module to run instead of this project's script of the pool. */
  readonly poolScript?: string;
}

export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const folder = await mkdtemp(join(tmpdir(), "worker-"));
  const bundle = bundleWorker();
  const wasm = Buffer.from(bundle.files["llhttp.wasm"]?.contentBase64 ?? "", "base64");
  await Promise.all([
    writeFile(join(folder, "worker.js"), options.script ?? bundle.script),
    writeFile(join(folder, "pool.js"), options.poolScript ?? bundlePool().script),
    writeFile(join(folder, "llhttp.wasm"), wasm),
    writeFile(join(folder, "config.capnp"), configuration(bundle.compatibilityDate, options)),
  ]);
  // Port 0 lets the system choose; workerd reports the port on descriptor 3.
  const listen = ["--control-fd=3", "--inspector-addr=127.0.0.1:0"];
  const child = spawn(workerdBinary, ["serve", "config.capnp", ...listen], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let log = "";
  child.stdout?.on("data", (text: Buffer) => (log += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (log += text.toString()));
  const exited = once(child, "exit");
  const stop = async () => {
    // SIGTERM would wait for the end of every open connection.
    child.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true });
  };
  const control = child.stdio[3];
  if (control === null || control === undefined || child.pid === undefined)
    throw new Error("workerd did not start");
  const ports = new Map<string, number>();
  for await (const line of createInterface({ input: control as NodeJS.ReadableStream })) {
    const message = JSON.parse(line) as { event: string; port: number };
    ports.set(message.event, message.port);
    const port = ports.get("listen");
    const inspectorPort = ports.get("listen-inspector");
    if (port !== undefined && inspectorPort !== undefined)
      return { port, inspectorPort, pid: child.pid, log: () => log, stop };
  }
  await stop();
  throw new Error(`workerd ended before it listened:\n${log}`);
}

function configuration(
  compatibilityDate: string,
  { bindings, authorities, pool = false }: WorkerOptions,
): string {
  const texts = Object.entries(bindings).map(
    ([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`,
  );
  const namespace = `(name = "POOL", durableObjectNamespace = (className = "OriginPool", serviceName = "pool"))`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "edge", worker = (
      modules = [
        (name = "worker.js", esModule = embed "worker.js"),
        (name = "llhttp.wasm", wasm = embed "llhttp.wasm"),
      ],
      compatibilityDate = "${compatibilityDate}",
      bindings = [${[...texts, ...(pool ? [namespace] : [])].join(", ")}],
      globalOutbound = "loopback",
    )),
    (name = "pool", worker = (
      modules = [
        (name = "worker.js", esModule = embed "pool.js"),
        (name = "llhttp.wasm", wasm = embed "llhttp.wasm"),
      ],
      compatibilityDate = "${compatibilityDate}",
      bindings = [${texts.join(", ")}],
      globalOutbound = "loopback",
      durableObjectNamespaces = [(className = "OriginPool", uniqueKey = "OriginPool", enableSql = true)],
      durableObjectStorage = (inMemory = void),
    )),
    (name = "loopback", network = (
      allow = ["local"],
      tlsOptions = (trustedCertificates = [${authorities.map((pem) => JSON.stringify(pem)).join(", ")}]),
    )),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", service = "edge", http = (forwardedProtoHeader = "X-Forwarded-Proto")),
  ],
);
`;
}
