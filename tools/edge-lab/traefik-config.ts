import type { LabSettings } from "./settings.ts";
import type { DynamicConfig } from "./traefik.ts";

/** The header that the laboratory's origin lock demands, and its value. */
export const LOCK_HEADER = "X-Laboratory-Lock";
export const LOCK_SECRET = "laboratory-secret";

/** Applications behind Traefik, by their ports on loopback. */
export interface Applications {
  readonly working: number;
  readonly failing: number;
  readonly silent: number;
  /** A port that nobody listens on. */
  readonly closed: number;
}

/** Traefik's dynamic configuration for a state of the laboratory. */
export function traefikConfig(
  { hosts, traefik, originLock }: Pick<LabSettings, "hosts" | "traefik" | "originLock">,
  applications: Applications,
): DynamicConfig {
  const port = applicationPort(traefik, applications);
  const hasOptions = traefik === "has TLS options for the router";
  const rule = hosts.map((host) => `Host(\`${host}\`)`).join(" || ");
  const isLocked = originLock === "on" || originLock === "without the rule at Cloudflare";
  const entryPoints = ["websecure"];
  const application = {
    entryPoints,
    rule,
    service: "application",
    tls: hasOptions ? { options: "own" } : {},
  };
  const lock = {
    ...application,
    rule: `Header(\`Tailscale-Funnel-Request\`, \`?1\`) && !Header(\`${LOCK_HEADER}\`, \`${LOCK_SECRET}\`)`,
    priority: 1_000_000,
    middlewares: ["nobody"],
    tls: {},
  };
  const options = {
    ...(traefik === "requires a server name" && { default: { sniStrict: true } }),
    ...(hasOptions && { own: { minVersion: "VersionTLS13" } }),
  };
  return {
    http: {
      routers: { ...(traefik !== "has no router" && { application }), ...(isLocked && { lock }) },
      middlewares: { nobody: { ipAllowList: { sourceRange: ["192.0.2.0/32"] } } },
      services: { application: { loadBalancer: { servers: [{ url: `http://127.0.0.1:${port}` }] } } },
    },
    // Traefik refuses a file with an empty table.
    ...(Object.keys(options).length > 0 && { tls: { options } }),
  };
}

function applicationPort(state: LabSettings["traefik"], applications: Applications): number {
  switch (state) {
    case "has no application":
      return applications.closed;
    case "has an application that fails":
      return applications.failing;
    case "has an application that is silent":
      return applications.silent;
    case "routes":
    case "has no router":
    case "requires a server name":
    case "has TLS options for the router":
      return applications.working;
  }
}
