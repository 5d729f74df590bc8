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
  /** Path of a kubeconfig file. Its user is an administrator. */
  readonly kubeconfig: string;
  /** A client of that user. */
  readonly client: KubernetesClient;
  /** Ends both processes and deletes their data. */
  readonly stop: () => Promise<void>;
}

const READY_ATTEMPTS = 900;

/**
 * Starts a real kube-apiserver on a free loopback port, with an etcd of its own. It validates and stores objects as
 * in a cluster. Nothing acts on them: there are no controllers and no nodes.
 *
 * Both processes end with `stop()` or with this process. Rejects with the end of a server's log if that server
 * exits early, and if the API is not ready within 90 seconds.
 */
export async function startApiServer(): Promise<ApiServer> {
  const binaries = await apiServerBinaries();
  const place = { folder: await mkdtemp(join(tmpdir(), "apiserver-")), port: await freePort() };
  // Runs last at exit, so that the processes have ended before their files are deleted.
  const cancelCleanup = onExit(
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
    cancelCleanup();
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
    // An orderly shutdown would only take longer: the stored data is deleted.
    killSignal: "SIGKILL",
    stdin: "ignore",
    stdout: "ignore",
    stderr: { file: log },
  });
  const ended = child.then(async ({ exitCode, originalMessage }) => {
    const lines = (await readFile(log, "utf8").catch(() => "")).trimEnd().split("\n");
    const cause = originalMessage ?? `status ${exitCode ?? "unknown"}`;
    throw new Error(`${name} exited (${cause}), its log ends with:\n${lines.slice(-20).join("\n")}`);
  });
  // Only startApiServer waits for this. Later, the process ends because of stop().
  ended.catch(() => undefined);
  return {
    ended,
    kill: async () => {
      child.kill();
      await child;
    },
  };
}

/** The server's self-signed certificate. It is complete once the key exists, which the server writes second. */
async function serverCertificate(place: ServerPlace): Promise<string> {
  return await poll("the API server's certificate", READY_ATTEMPTS, async () =>
    existsSync(serverKeyFile(place)) ? await readFile(serverCertificateFile(place), "utf8") : undefined,
  );
}

async function untilReady(client: KubernetesClient): Promise<void> {
  await poll("the API server to be ready", READY_ATTEMPTS, async () => {
    // The server does not listen yet, or reports what is not ready. Both can change until the next attempt.
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
