import type { ExposureRow } from "../exposure-row.ts";
import type { Leftover } from "./legacy/leftover.ts";
import { portTexts } from "./manifests.ts";
import { exposureOf, type PrivateService } from "./private-service.ts";

const NOTES: Readonly<Record<Leftover, string>> = { open: "still open", unchecked: "not checked" };

/**
 * Lists who can reach a private service in its phase.
 *
 * @param fqdn - its ts.net name
 * @param leftover - undefined if its legacy object is not known to exist in phase `tailnet`
 */
export function privateRows(
  service: PrivateService,
  fqdn: string,
  leftover?: Leftover,
): readonly ExposureRow[] {
  const { name, phase, allowFrom } = service;
  const tailnet = tailnetAddresses(service, fqdn).map((address) => ({
    name,
    address,
    allowed: allowFrom,
    route: "tailnet",
  }));
  const { legacyRows, legacyObject } = exposureOf(service);
  const left = (note: string) =>
    (legacyObject?.rows ?? []).map((row) => ({ ...row, route: `${row.route} (${note})` }));
  switch (phase) {
    case "legacy":
      return legacyRows;
    case "coexist":
      return [...legacyRows, ...tailnet];
    case "tailnet":
      return [...(leftover === undefined ? [] : left(NOTES[leftover])), ...tailnet];
  }
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
