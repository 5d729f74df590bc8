import { zoneOf } from "../../../components/public-edge/hostname.ts";
import { complete, type ConfigPart, type Rule } from "./rule.ts";

/** Each hostname is in a declared zone. */
export const hostnamesInZones: Rule = ({ publicEdge }) => {
  const zones = complete(publicEdge?.zones);
  // An invalid zone may be the one that a hostname is in.
  if (zones === undefined) return [];
  return hostnames(publicEdge)
    .filter(({ host }) => host !== null && zoneOf(host, zones) === undefined)
    .map(({ path, host }) => ({
      path,
      found: JSON.stringify(host),
      allowed: `a name in one of the declared zones: ${zones.join(", ")}`,
      fix: "fix the name, or add its zone to publicEdge.zones",
    }));
};

/** No record points to itself. */
export const otherTargets: Rule = ({ publicEdge }) =>
  hostnames(publicEdge).flatMap(({ path, host, via }) => {
    const own = { via, path: [...path, "via"], allowed: "a target other than the hostname itself" };
    const shared = {
      via: publicEdge?.via,
      path: ["publicEdge", "via"],
      allowed: "a target other than the hostnames that have no via of their own",
    };
    const from = via === undefined ? shared : own;
    return (typeof from.via === "object" && from.via !== null ? Object.entries(from.via) : [])
      .filter(([, target]) => target !== null && target === host)
      .map(([key]) => ({
        path: [...from.path, key],
        found: JSON.stringify(host),
        allowed: from.allowed,
        fix: "set the name that the record must point to",
      }));
  });

/** Other clusters' Funnels only, and only if a hostname can use the Worker. */
export const usefulOrigins: Rule = ({ publicEdge, tailnet }) => {
  const origins = publicEdge?.worker?.origins ?? [];
  const vias = hostnames(publicEdge).map(({ via }) => (via === undefined ? publicEdge?.via : via));
  // An invalid list or `via` may be the one that uses the Worker.
  const isUnused =
    origins.length > 0 &&
    complete(publicEdge?.hostnames) !== undefined &&
    vias.every((via) => via !== null && via !== "worker" && via !== "auto");
  const own = `${publicEdge?.funnel?.hostname}.${tailnet?.name}`;
  return [
    ...origins.flatMap((name, index) =>
      name !== own
        ? []
        : [
            {
              path: ["publicEdge", "worker", "origins", index],
              found: `${JSON.stringify(name)}, which is this stack's own Funnel`,
              allowed: "Funnels of other clusters; this stack's Funnel is always the first origin",
              fix: "remove it",
            },
          ],
    ),
    ...(isUnused
      ? [
          {
            path: ["publicEdge", "worker", "origins"],
            found: "origins of a Worker, but no hostname uses the Worker",
            allowed: "only with a hostname whose via is worker or auto",
            fix: "set via: worker for the hostnames that the other clusters also serve, or remove origins",
          },
        ]
      : []),
  ];
};

/** Each stack has a secret of its own, so another cluster's lock would refuse this stack's Worker. */
export const lockedOrigins: Rule = ({ publicEdge }) => {
  const { originLock, worker } = publicEdge ?? {};
  const hasLock = originLock !== undefined && originLock !== null && originLock !== false;
  if (!hasLock || (worker?.origins ?? []).length === 0) return [];
  return [
    {
      path: ["publicEdge", "originLock"],
      found: "an origin lock, with publicEdge.worker.origins",
      allowed: "an origin lock, or other clusters' Funnels: their Traefik does not know this stack's secret",
      fix: "remove originLock or worker.origins",
    },
  ];
};

function hostnames(publicEdge: ConfigPart["publicEdge"]) {
  return (publicEdge?.hostnames ?? []).flatMap((entry, index) => {
    if (entry === null) return [];
    const { host, via } = typeof entry === "string" ? { host: entry, via: undefined } : entry;
    return [{ path: ["publicEdge", "hostnames", index], host, via }];
  });
}
