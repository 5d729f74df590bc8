/** Names and addresses of the laboratory. The addresses are Cloudflare's, and of a documentation range (RFC 5737). */
export const ZONE = "example.com";
export const HOST = "app.example.com";
export const FUNNEL = "ozilab-edge.tail1234.ts.net";
export const EDGE_ADDRESS = "104.16.132.229";
export const RELAY_ADDRESS = "203.0.113.20";

/** One state of everything between a visitor and the application. Each field is one part that can fail by itself. */
export interface LabSettings {
  /** The hostnames. All are published in the same manner. */
  readonly hosts: readonly string[];
  readonly record: "proxied" | "DNS only" | "missing";
  /** Whether the registrar names Cloudflare's servers for the zone. */
  readonly isDelegated: boolean;
  /** What resolvers know: the zone's records of now, or of before the hostname was added. */
  readonly resolvers: "current" | "old";
  readonly edgeCertificate: "valid" | "missing" | "expired";
  /** What the record leads to: the Funnel, or a name that no longer exists. */
  readonly target: "funnel" | "old name";
  /** SNI that Cloudflare sends. */
  readonly sni: "funnel" | "hostname";
  /** Host that Cloudflare sends. */
  readonly hostHeader: "hostname" | "funnel";
  /** The name that Cloudflare expects in the origin's certificate. */
  readonly strictFor: "sni" | "hostname";
  /** `flexible`: Cloudflare connects to port 80, where no Funnel listens (https://tailscale.com/kb/1223/funnel). */
  readonly tlsMode: "strict" | "flexible";
  /** Whether the internet can resolve the ts.net name: only with the nodeAttr `funnel`. */
  readonly isFunnelPublic: boolean;
  /** What happens to a TCP connection to the Funnel relay. */
  readonly relay: "accepts" | "refuses" | "drops" | "has no route";
  /** What answers TLS there. `any name`: no Funnel, but a server that serves every SNI. */
  readonly relayServes: "funnel" | "nothing" | "any name";
  readonly funnelCertificate: "valid" | "expired" | "expires soon" | "missing" | "staging";
  /** What the operator's proxy does with a request after the TLS handshake. */
  readonly proxy: "forwards" | "answers without HTTP" | "resets the connection";
  /** How Traefik treats the hostname. */
  readonly traefik: TraefikState;
  readonly originLock: "off" | "on" | "without the rule at Cloudflare" | "without the router in Traefik";
  /** The Worker between Cloudflare and the Funnel, and the origin that it is bound to. */
  readonly worker: "none" | "right origin" | "closed port" | "name that nobody serves";
}

export type TraefikState =
  | "routes"
  | "has no router"
  | "requires a server name"
  | "has TLS options for the router"
  | "has no application"
  | "has an application that fails"
  | "has an application that is silent";

/** Everything works, over an origin rule and without the origin lock. */
export const HEALTHY: LabSettings = {
  hosts: [HOST],
  record: "proxied",
  isDelegated: true,
  resolvers: "current",
  edgeCertificate: "valid",
  target: "funnel",
  sni: "funnel",
  hostHeader: "hostname",
  strictFor: "sni",
  tlsMode: "strict",
  isFunnelPublic: true,
  relay: "accepts",
  relayServes: "funnel",
  funnelCertificate: "valid",
  proxy: "forwards",
  traefik: "routes",
  originLock: "off",
  worker: "none",
};
