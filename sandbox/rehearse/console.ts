import { operatorPods } from "../providers/kubernetes/operator/operator-pod.ts";
import { credentials, devices } from "../providers/tailscale/tailnet.ts";
import type { World } from "../world/world.ts";

/** Where a person acts. */
export interface ConsoleContext {
  readonly world: World;
  readonly stack: string;
}

/** What a person does in a console, named as in the runbook. */
export const CONSOLE_ACTIONS: Readonly<Record<string, (context: ConsoleContext) => void>> = {
  "remove the machines of the lost cluster from the Machines page": removeMachines,
  "delete the OAuth client that the operator no longer uses": deleteUnusedClients,
};

function removeMachines({ world }: ConsoleContext): void {
  for (const [id, { owner }] of [...devices(world)]) {
    if (owner === "operator" || owner.startsWith("proxy ")) devices(world).delete(id);
  }
}

function deleteUnusedClients({ world, stack }: ConsoleContext): void {
  const used = new Set(
    operatorPods(world)
      .values()
      .map(({ login }) => login?.credentialId),
  );
  for (const [id, { description }] of [...credentials(world)]) {
    if (description === `${stack}-operator` && !used.has(id)) credentials(world).delete(id);
  }
}
