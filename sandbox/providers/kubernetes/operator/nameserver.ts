import type { World } from "../../../world/world.ts";
import { events, recordEvent } from "../api-server/events.ts";
import { objectAt, objects, setStatus, stringAt } from "../api-server/objects.ts";

/** The address that the cluster gives a nameserver whose DNSConfig asks for none. */
const DEFAULT_ADDRESS = "10.43.0.53";

/**
 * Sets the status of a DNSConfig (module tailscale.com v1.96.5, `cmd/k8s-operator/nameserver.go`).
 *
 * All DNSConfigs share the Service `nameserver`, which keeps the address of the first one. With several of them the
 * operator records an event and sets `NameserverReady` to False. But it goes on, and sets the condition to True again:
 * every DNSConfig is ready, and nothing answers at the addresses that the later ones ask for.
 */
export function reconcileNameserver(world: World, key: string): void {
  const others = objects(world)
    .values()
    .filter(({ kind, metadata }) => kind === "DNSConfig" && `DNSConfig ${metadata.name}` !== key);
  if (others.length === 0) events(world).delete(key);
  else {
    recordEvent(
      world,
      key,
      "Multiple DNSConfig resources found in cluster. Please ensure no more than one is present.",
    );
  }
  const { spec, status } = objectAt(world, key);
  const [running] = others.flatMap((other) => addressIn(other.status) ?? []);
  const ip = running ?? addressIn(status) ?? stringAt(spec, "nameserver", "service", "clusterIP");
  setStatus(world, key, {
    conditions: [{ type: "NameserverReady", status: "True", reason: "NameserverCreated" }],
    nameserver: { ip: ip ?? DEFAULT_ADDRESS },
  });
}

function addressIn(status: unknown): string | undefined {
  return stringAt(status, "nameserver", "ip");
}
