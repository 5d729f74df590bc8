import type { ExposureRow } from "../exposure-row.ts";
import { portTexts } from "./manifests.ts";
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

/** Returns the addresses of a service on the tailnet: one URL, or `host:port` for each port, such as `dns.tail1234.ts.net:53/udp`. */
export function tailnetAddresses(service: PrivateService, fqdn: string): readonly string[] {
  const { protocol, ports, udpPorts } = exposureOf(service);
  switch (protocol) {
    case "https":
      return [`https://${fqdn}`];
    case "tcp":
      return portTexts(ports, udpPorts).map((port) => `${fqdn}:${port}`);
  }
}
