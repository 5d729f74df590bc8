import type { PublicHostname } from "../public-edge/hostname.ts";
import type { ExposureRow } from "../exposure-row.ts";
import { type PrivateService, exposureOf } from "./private-service.ts";

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
 * Lists who can reach a private service in its phase.
 *
 * @param fqdn - its ts.net name
 */
export function privateRows(service: PrivateService, fqdn: string): readonly ExposureRow[] {
  const { name, phase, allowFrom } = service;
  const tailnet = tailnetAddresses(service, fqdn).map((address) => ({
    name,
    address,
    allowed: allowFrom,
    route: "tailnet",
  }));
  return [
    ...(phase === "tailnet" ? [] : exposureOf(service).legacyRows),
    ...(phase === "legacy" ? [] : tailnet),
  ];
}

/** Returns the addresses of a service on the tailnet: one URL, or `host:port` for each port. */
export function tailnetAddresses(service: PrivateService, fqdn: string): readonly string[] {
  const { protocol, ports } = exposureOf(service);
  switch (protocol) {
    case "https":
      return [`https://${fqdn}`];
    case "tcp":
      return ports.map((port) => `${fqdn}:${port}`);
  }
}
