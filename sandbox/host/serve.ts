// The process that serves all simulated providers on one port. It prints the port on standard output; the session
// tells it over IPC when a run begins and ends.
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
import { withDetailedDiffs } from "./detailed-diff.ts";
import type { BeginMessage, HostAnswer, HostMessage } from "./host-message.ts";
import { allowImports } from "./import-request.ts";

const [folder = "."] = process.argv.slice(2);
const systems: Record<string, SystemModel> = {};
let world: WorldFile | undefined;

function begin({ settings, cluster, tailnet }: BeginMessage): void {
  world = WorldFile.open(join(folder, WORLD_FILE));
  world.begin();
  const stackWorld = worldOfCluster(world, cluster, tailnet);
  systems["cloudflare"] = cloudflareSystem(stackWorld);
  systems["kubernetes"] = kubernetesSystem(stackWorld, settings);
  systems["random"] = randomSystem();
  systems["tailscale"] = tailscaleSystem(stackWorld);
  // Controllers of the other clusters keep running: their operators react to changes of the tailnet.
  for (const [other, otherTailnet] of clusters(world)) {
    if (other !== cluster) kubernetesSystem(worldOfCluster(world, other, otherTailnet), settings);
  }
}

function end(): void {
  world?.save();
  // Between runs, others may change world.json. Saving again would undo their changes.
  world = undefined;
}

function answer(content: HostAnswer): void {
  process.send?.(content);
}

process.on("message", (message: HostMessage) => {
  try {
    if (message.kind === "begin") begin(message);
    else end();
    answer({});
  } catch (error) {
    answer({ error: (error as Error).message });
  }
});
// Ctrl-C reaches the whole process group. The engine completes the current steps first, and needs its providers.
process.on("SIGINT", () => undefined);
// The session has exited, so nothing will use the providers any more.
process.on("disconnect", () => {
  end();
  process.exit();
});

allowImports();
await main(withDetailedDiffs(new SimulatedProvider(systems)), []);
