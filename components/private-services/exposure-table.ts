import type { PublicHostname } from "../public-edge/hostname.ts";
import { type PrivateService, tailnetPorts } from "./private-service.ts";

/** One way to reach something, and who may take it. */
export interface ExposureRow {
  readonly name: string;
  /** A URL, or host and port. */
  readonly address: string;
  /** Who gets in: selectors of the tailnet's policy, or words for those who are no part of the tailnet. */
  readonly allowed: readonly string[];
  /** The way that they take. */
  readonly route: string;
}

const INTERNET = "everybody on the internet";

/** Who can reach a public hostname. */
export function hostnameRow({ host, via }: PublicHostname): ExposureRow {
  const behind = typeof via === "object" ? via.cname : via === "worker" ? "Worker, Funnel" : "Funnel";
  return { name: host, address: `https://${host}`, allowed: [INTERNET], route: `Cloudflare, ${behind}` };
}

/**
 * Who can reach the Funnel by its own name: the tailnet, and everybody who knows it, without Cloudflare.
 *
 * @param fqdn - its ts.net name
 */
export function funnelRows(
  { hostname, allowFrom }: { readonly hostname: string; readonly allowFrom: readonly string[] },
  fqdn: string,
): readonly ExposureRow[] {
  const row = { name: hostname, address: `https://${fqdn}` };
  return [
    { ...row, allowed: [INTERNET], route: "Funnel" },
    { ...row, allowed: allowFrom, route: "tailnet" },
  ];
}

/**
 * Who can reach a private service in its phase, by what was there before and by the tailnet.
 *
 * @param fqdn - its ts.net name
 */
export function privateRows(service: PrivateService, fqdn: string): readonly ExposureRow[] {
  const { name, phase, kind, allowFrom } = service;
  const tailnet = tailnetPorts(service).map((port) => ({
    name,
    address: kind === "ingress" ? `https://${fqdn}` : `${fqdn}:${port}`,
    allowed: allowFrom,
    route: "tailnet",
  }));
  return [...(phase === "tailnet" ? [] : legacyRows(service)), ...(phase === "legacy" ? [] : tailnet)];
}

/** How a service was reached before, and is again in phase `legacy`. */
export function legacyRows(service: PrivateService): readonly ExposureRow[] {
  const { name, kind } = service;
  const metalLb = (address: string, port: number) => ({
    name,
    address: `${address}:${port}`,
    allowed: ["everybody on the local network"],
    route: "MetalLB",
  });
  if (kind === "loadBalancer") {
    const old = service.legacy?.loadBalancer;
    return old ? old.ports.map(({ port }) => metalLb(old.address, port)) : [];
  }
  const backing = service.legacy?.backing;
  const ports = kind === "ingress" ? [service.backend.port] : service.ports;
  const ingress = kind === "ingress" ? service.legacy?.ingress : undefined;
  return [
    ...(ingress
      ? [
          {
            name,
            address: `https://${ingress.host}`,
            allowed: ["everybody who reaches Traefik"],
            route: ["Traefik", ...ingress.middlewares].join(", "),
          },
        ]
      : []),
    ...(backing ? ports.map((port) => metalLb(backing.address ?? "address from MetalLB", port)) : []),
  ];
}
