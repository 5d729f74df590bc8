import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer, Socket } from "node:net";
import type { PrivateService } from "../../../components/private-services/private-service.ts";
import type { Result } from "../../../doctor/core/report.ts";
import { runChecks } from "../../../doctor/core/run-checks.ts";
import { privateChecks } from "../../../doctor/private-services/private-checks.ts";
import type { Network } from "../../../doctor/probes/network.ts";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import { listenOnLoopback } from "../../../tools/edge-lab/loopback-server.ts";
import { type Answers, startNameServer, type Zone } from "../../../tools/edge-lab/name-server.ts";
import { createAuthority } from "../../../tools/worker-lab/certificates.ts";

/** What answers at `address:port`. */
export type Endpoint =
  | { readonly kind: "tcp" }
  | {
      readonly kind: "https";
      readonly name: string;
      readonly validUntil?: Date;
      readonly respond: RequestListener;
    }
  | { readonly kind: "not TLS" }
  | { readonly kind: "drops" };

/** Everything that the doctor can ask about private services. */
export interface PrivateWorld {
  readonly services: readonly PrivateService[];
  /** Undefined: the machine is in no tailnet. */
  readonly magicDns: Zone | undefined;
  readonly publicDns: Answers;
  readonly machineDns: Answers;
  /** By `address:port`. What is not listed refuses connections. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly subnets: readonly string[];
  readonly isClient: boolean;
  /** Services of the cluster; undefined: there is no access to it. */
  readonly cluster: readonly LiveObject[] | undefined;
}

export const TAILNET = "magellanic-gondola.ts.net";

const DAY_MS = 24 * 60 * 60 * 1000;
/** One for what answers, one that a probe of something silent must wait for. */
const STEP_LIMIT_MS = { answering: 30_000, silent: 1_500 };
const authority = await createAuthority("Laboratory authority");

/** Everything but the cluster, and the services that are checked. */
export type PrivateNetwork = Omit<PrivateWorld, "services" | "cluster">;

/** Starts what the world has on loopback, runs the checks, and stops it. */
export async function checkPrivateServices(world: PrivateWorld): Promise<readonly Result[]> {
  const { services, cluster } = world;
  const exposed = services.map((service) => {
    const fqdn = `${service.hostname}.${TAILNET}`;
    return { service, expected: fqdn, fqdn };
  });
  const readService = async (namespace: string, name: string) =>
    Promise.resolve(
      cluster?.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    );
  const { network, stop } = await startPrivateNetwork(world);
  try {
    const results: Result[] = [];
    for await (const result of runChecks(privateChecks(network, exposed, cluster && readService), 60_000)) {
      results.push(result);
    }
    return results;
  } finally {
    await stop();
  }
}

/** Each check in a line: its ID, status, and cause or root. */
export async function statuses(world: PrivateWorld): Promise<readonly string[]> {
  const results = await checkPrivateServices(world);
  return results.map(({ id, status, finding, consequenceOf }) =>
    [id, status, finding?.cause ?? consequenceOf].filter(Boolean).join(" "),
  );
}

/** Starts name servers and endpoints on loopback. */
export async function startPrivateNetwork(
  world: PrivateNetwork,
): Promise<{ readonly network: Network; readonly stop: () => Promise<void> }> {
  const [magicDns, publicDns, machineDns] = await Promise.all([
    startNameServer(world.magicDns ?? "silent"),
    startNameServer(world.publicDns),
    startNameServer(world.machineDns),
  ]);
  const started = await Promise.all(
    Object.entries(world.endpoints).map(async ([place, endpoint]) => [place, await start(endpoint)] as const),
  );
  const endpoints = new Map(started);
  const closed = await listenOnLoopback(createServer());
  await closed.stop();
  const isSilent =
    world.magicDns === undefined || Object.values(world.endpoints).some(({ kind }) => kind === "drops");
  const network: Network = {
    publicResolvers: [{ name: "1.1.1.1", address: publicDns.address }],
    machineResolvers: [{ name: "192.168.1.1 (this machine's)", address: machineDns.address }],
    magicDns: { name: "100.100.100.100 (MagicDNS)", address: magicDns.address },
    nameServer: (address: string) => address,
    dial: (address: string, port: number) => {
      const endpoint = endpoints.get(`${address}:${port}`);
      // A socket that is never connected waits as one whose packets are dropped.
      return endpoint?.port === 0 ? new Socket() : connect(endpoint?.port ?? closed.port, "127.0.0.1");
    },
    authorities: [authority.certificate],
    subnets: () => world.subnets,
    isClient: world.isClient,
    stepLimitMs: isSilent ? STEP_LIMIT_MS.silent : STEP_LIMIT_MS.answering,
    responseLimitMs: STEP_LIMIT_MS.answering,
  };
  return {
    network,
    stop: async () => {
      await Promise.all([magicDns, publicDns, machineDns, ...endpoints.values()].map(({ stop }) => stop()));
    },
  };
}

async function start(endpoint: Endpoint) {
  switch (endpoint.kind) {
    case "tcp":
      return listenOnLoopback(createServer());
    case "not TLS":
      return listenOnLoopback(createHttpServer());
    case "https": {
      const until = endpoint.validUntil ?? new Date(Date.now() + DAY_MS);
      const identity = await authority.issue(endpoint.name, {
        from: new Date(Date.now() - 90 * DAY_MS),
        until,
      });
      return listenOnLoopback(createHttpsServer(identity, endpoint.respond));
    }
    case "drops":
      return { port: 0, stop: () => Promise.resolve() };
  }
}
