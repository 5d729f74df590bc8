import type { ExposureRow } from "../exposure-row.ts";
import { exposureOf, type PrivateService } from "./private-service.ts";

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
