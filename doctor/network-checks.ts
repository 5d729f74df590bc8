import { routeOf } from "../components/public-edge/via.ts";
import type { Check } from "./core/check.ts";
import { dataPathChecks } from "./data-path/hostname-checks.ts";
import { type ExposedService, privateChecks } from "./private-services/private-checks.ts";
import type { Network } from "./probes/network.ts";
import type { Systems } from "./systems.ts";
import type { Target } from "./target/target.ts";

/** The checks that open connections as clients do: the data path of the hostnames, and the private services. */
export function networkChecks(target: Target, systems: Systems, network: Network): readonly Check[] {
  const { config, outputs, hosts } = target;
  // The stack's file may be ahead of the last update.
  const originLock = outputs.originLock?.enforced === true;
  const hostnames = hosts.map(({ host, zone, via }) => ({
    host,
    zone,
    funnel: routeOf(via).target === "funnel" ? outputs.funnel : undefined,
    originLock,
  }));
  const services = config.privateServices.map((service) => exposedService(target, service));
  return [
    ...dataPathChecks(network, hostnames),
    ...privateChecks(network, services, async (namespace, name) =>
      (await systems.kubernetes()).read("v1", "Service", { namespace, name }),
    ),
  ];
}

/** The assigned name is in the service's address: `https://<fqdn>`, or `<fqdn>:<port>`. */
function exposedService(
  { config, outputs }: Target,
  service: Target["config"]["privateServices"][number],
): ExposedService {
  const expected = `${service.hostname}.${config.tailnet.name}`;
  const row = outputs.exposure.find(({ requested }) => nameIn(requested) === expected);
  return { service, expected, fqdn: row === undefined ? expected : nameIn(row.address) };
}

function nameIn(address: string): string {
  return address.replace(/^https:\/\//, "").replace(/:\d+(\/udp)?$/, "");
}
