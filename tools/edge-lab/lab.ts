import { originName } from "../worker-lab/funnel.ts";
import { startWorker } from "../worker-lab/workerd.ts";
import { startEdge } from "./edge.ts";
import { startFunnelRelay } from "./funnel.ts";
import { identityFor } from "./identities.ts";
import type { LoopbackServer } from "./loopback-server.ts";
import { startNames } from "./names.ts";
import { dialRelay, type LabPlaces } from "./network.ts";
import { FUNNEL, type LabSettings, RELAY_ADDRESS } from "./settings.ts";
import type { SharedParts } from "./shared.ts";
import { LOCK_HEADER, LOCK_SECRET } from "./traefik-config.ts";

/** A running laboratory. */
export interface EdgeLab {
  readonly places: LabPlaces;
  readonly stop: () => Promise<void>;
}

/**
 * Time limits of Cloudflare and of the doctor, in milliseconds. They end only what is silent by design, so they are long
 * where nothing is: a busy machine must not look like a broken path.
 */
const LIMITS = {
  silent: { edge: 3_000, step: 10_000 },
  answering: { edge: 30_000, step: 30_000 },
} as const;

/** Whether a part of the path never answers. */
export function isSilent({ relay, traefik }: LabSettings): boolean {
  return relay === "drops" || traefik === "has an application that is silent";
}

/** Starts the parts of the path, from the name servers to Traefik, in one state. */
export async function startLab(shared: SharedParts, settings: LabSettings): Promise<EdgeLab> {
  const { authorities, closedPort } = shared;
  const traefik = await shared.traefik(settings);
  const relay = await startRelay(shared, settings, traefik.port);
  const relayPlace = { relay: settings.relay, relayPort: relay.port, closedPort };
  const [names, workerPort] = await Promise.all([
    startNames(settings),
    startLabWorker(shared, settings, relay.port),
  ]);
  const limits = LIMITS[isSilent(settings) ? "silent" : "answering"];
  const { sni, hostHeader, strictFor, tlsMode, originLock, target, isFunnelPublic, edgeCertificate } =
    settings;
  const identities = await Promise.all(
    settings.hosts.map(
      async (host) => [host, await identityFor(authorities, host, edgeCertificate)] as const,
    ),
  );
  const edge = await startEdge({
    identities: new Map(identities),
    originAddress: target === "funnel" && isFunnelPublic ? RELAY_ADDRESS : undefined,
    dial: () => dialRelay(tlsMode === "strict" ? relayPlace : { ...relayPlace, relay: "refuses" }),
    overriddenSni: sni === "funnel" ? FUNNEL : undefined,
    overriddenHost: hostHeader === "funnel" ? FUNNEL : undefined,
    strictFor,
    authorities: [authorities.trusted.certificate],
    addedHeaders: originLock === "on" ? { [LOCK_HEADER]: LOCK_SECRET } : {},
    workerPort: workerPort?.port,
    connectLimitMs: limits.edge,
    responseLimitMs: limits.edge,
  });
  return {
    places: {
      publicResolvers: names.publicResolvers,
      machineResolvers: names.machineResolvers,
      nameServers: names.addresses,
      edgePort: edge.port,
      ...relayPlace,
      authorities: [authorities.trusted.certificate],
      stepLimitMs: limits.step,
      responseLimitMs: 2 * limits.step,
    },
    stop: async () => {
      await Promise.all([edge, relay, names, ...(workerPort ? [workerPort] : [])].map(({ stop }) => stop()));
    },
  };
}

async function startRelay(
  { authorities }: SharedParts,
  { hosts, relayServes, funnelCertificate, proxy }: LabSettings,
  backendPort: number,
): Promise<LoopbackServer> {
  const served = [FUNNEL, ...(relayServes === "any name" ? hosts : [])];
  const kinds = await Promise.all(
    // The Worker's runtime resolves names by itself, so it knows the Funnel by a name of loopback.
    [...served, originName].map(
      async (name) => [name, await identityFor(authorities, name, funnelCertificate)] as const,
    ),
  );
  return startFunnelRelay({
    identities: new Map(kinds),
    isServing: relayServes !== "nothing",
    proxy,
    backendPort,
  });
}

async function startLabWorker(
  { authorities, closedPort }: SharedParts,
  { worker }: LabSettings,
  relayPort: number,
): Promise<LoopbackServer | undefined> {
  if (worker === "none") return undefined;
  const origins = {
    "right origin": `${originName}:${relayPort}`,
    "closed port": `${originName}:${closedPort}`,
    "name that nobody serves": `127.0.0.1:${relayPort}`,
  };
  return startWorker({
    bindings: { ORIGIN: origins[worker] },
    authorities: [authorities.trusted.certificate],
  });
}
