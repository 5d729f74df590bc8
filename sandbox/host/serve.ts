// The process that the engine talks to: all simulated systems behind one port, told by the session over IPC
// when a run begins and ends. It prints its port on standard output.
import { join } from "node:path";
import { main } from "@pulumi/pulumi/provider/server.js";
import { cloudflareSystem } from "../providers/cloudflare/system.ts";
import { kubernetesSystem } from "../providers/kubernetes/system.ts";
import { SimulatedProvider } from "../providers/provider.ts";
import { randomSystem } from "../providers/random/system.ts";
import type { SystemModel } from "../providers/resource-model.ts";
import { tailscaleSystem } from "../providers/tailscale/system.ts";
import { clusters, worldOfCluster } from "../world/cluster-world.ts";
import { WORLD_FILE, WorldFile } from "../world/world-file.ts";
import { allowImports } from "./import-request.ts";
import type { BeginMessage, HostMessage } from "./simulators.ts";

const [folder = "."] = process.argv.slice(2);
const systems: Record<string, SystemModel> = {};
let world: WorldFile | undefined;

function begin({ settings, cluster, tailnet }: BeginMessage): void {
  world = WorldFile.open(join(folder, WORLD_FILE));
  world.begin();
  const own = worldOfCluster(world, cluster, tailnet);
  systems["cloudflare"] = cloudflareSystem(own);
  systems["kubernetes"] = kubernetesSystem(own, settings);
  systems["random"] = randomSystem();
  systems["tailscale"] = tailscaleSystem(own);
  // Other clusters live on: their operators notice what happens to the tailnet.
  for (const [other, otherTailnet] of clusters(world)) {
    if (other !== cluster) kubernetesSystem(worldOfCluster(world, other, otherTailnet), settings);
  }
}

function end(): void {
  world?.save();
  // From now on the document may be changed by others, whose changes a later save would undo.
  world = undefined;
}

process.on("message", (message: HostMessage) => {
  try {
    if (message.kind === "begin") begin(message);
    else end();
    process.send?.({});
  } catch (error) {
    process.send?.({ error: (error as Error).message });
  }
});
// Ctrl-C reaches the whole group. The engine then finishes what is under way, and needs its providers for that.
process.on("SIGINT", () => undefined);
// The session is gone: nothing that is served here would reach anybody.
process.on("disconnect", () => {
  end();
  process.exit();
});

allowImports();
await main(new SimulatedProvider(systems), []);
