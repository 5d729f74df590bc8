import { generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { onExit } from "signal-exit";
import { stringify } from "yaml";
import { apiServerBinaries } from "./binaries.ts";
import { KubernetesClient } from "./kubernetes-client.ts";
import { poll } from "./poll.ts";
import {
  apiServerArguments,
  etcdArguments,
  serverCertificateFile,
  serverKeyFile,
  type ServerPlace,
  serviceAccountKeyFile,
  tokenFile,
} from "./server-arguments.ts";

export interface ApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Path of a kubeconfig file whose user may do everything. */
  readonly kubeconfig: string;
  /** A client of that user. */
  readonly client: KubernetesClient;
  /** Ends both processes and removes what they stored. */
  readonly stop: () => Promise<void>;
}

const READY_ATTEMPTS = 900;

/**
 * Starts a real kube-apiserver on a free loopback port, with an etcd of its own. Objects are validated and stored
 * as in a cluster; nothing acts on them, for there are no controllers and no nodes.
 *
 * Both processes end with `stop()` or with this process. Rejects with the end of a server's log if that server
 * ends early, and if the API is not ready within 90 seconds.
 */
export async function startApiServer(): Promise<ApiServer> {
  const binaries = await apiServerBinaries();
  const place = { folder: await mkdtemp(join(tmpdir(), "apiserver-")), port: await freePort() };
  // Last of all that is done at exit: the processes are to be dead before their files go.
  const forgetFolder = onExit(
    () => {
      rmSync(place.folder, { recursive: true, force: true, maxRetries: 10 });
    },
    { alwaysLast: true },
  );

  const token = randomUUID();
  await writeFile(tokenFile(place), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  await writeFile(serviceAccountKeyFile(place), newPrivateKey(), { mode: 0o600 });
  const servers = [
    startServer(place, "etcd", binaries.etcd, etcdArguments(place)),
    startServer(place, "kube-apiserver", binaries.kubeApiserver, apiServerArguments(place)),
  ];
  const url = `https://127.0.0.1:${place.port}`;
  let client: KubernetesClient | undefined;
  const stop = async (): Promise<void> => {
    await client?.close();
    await Promise.all(servers.map((server) => server.kill()));
    await rm(place.folder, { recursive: true, force: true });
    forgetFolder();
  };
  try {
    const ended = Promise.race(servers.map((server) => server.ended));
    const certificate = await Promise.race([serverCertificate(place), ended]);
    client = new KubernetesClient(url, token, certificate);
    await Promise.race([untilReady(client), ended]);
    const kubeconfig = join(place.folder, "kubeconfig");
    await writeFile(kubeconfig, renderKubeconfig(url, token, certificate), { mode: 0o600 });
    return { url, kubeconfig, client, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface RunningServer {
  /** Rejects when the process ends, with the end of its log; never resolves. */
  readonly ended: Promise<never>;
  readonly kill: () => Promise<void>;
}

function startServer(place: ServerPlace, name: string, program: string, args: string[]): RunningServer {
  const log = join(place.folder, `${name}.log`);
  const child = execa(program, args, {
    reject: false,
    // Nothing that is stored is needed again: an orderly end would only take longer.
    killSignal: "SIGKILL",
    stdin: "ignore",
    stdout: "ignore",
    stderr: { file: log },
  });
  const ended = child.then(async ({ exitCode, originalMessage }) => {
    const lines = (await readFile(log, "utf8").catch(() => "")).trimEnd().split("\n");
    const how = originalMessage ?? `status ${exitCode ?? "unknown"}`;
    throw new Error(`${name} ended (${how}), its log ends with:\n${lines.slice(-20).join("\n")}`);
  });
  // It is only of interest while the server starts; later its end is what stop() asked for.
  ended.catch(() => undefined);
  return {
    ended,
    kill: async () => {
      child.kill();
      await child;
    },
  };
}

/** The certificate that the server made for itself: complete once the key, which it writes second, is there. */
async function serverCertificate(place: ServerPlace): Promise<string> {
  return await poll("the API server's certificate", READY_ATTEMPTS, async () =>
    existsSync(serverKeyFile(place)) ? await readFile(serverCertificateFile(place), "utf8") : undefined,
  );
}

async function untilReady(client: KubernetesClient): Promise<void> {
  await poll("the API server to be ready", READY_ATTEMPTS, async () => {
    // Nobody listens yet, or the server says what is not ready: either way the next answer may be another.
    return await client.get("/readyz").catch(() => undefined);
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string")
          reject(new Error("no loopback port to listen on"));
        else resolve(address.port);
      });
    });
  });
}

function newPrivateKey(): string {
  return generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  }).privateKey;
}

function renderKubeconfig(server: string, token: string, certificate: string): string {
  const name = "apiserver";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: { server, "certificate-authority-data": Buffer.from(certificate).toString("base64") },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
