// The process that serves all simulated systems: its providers on one port, its APIs over HTTP on another. It prints
// the first port on standard output, and sends the address of the APIs over IPC. The session tells it over IPC when a
// run begins and ends.
import { join } from "node:path";
import { main } from "@pulumi/pulumi/provider/server.js";
import { serveApis } from "../http/server.ts";
import { cloudflareSystem } from "../providers/cloudflare/system.ts";
import { kubernetesSystem } from "../providers/kubernetes/system.ts";
import { SimulatedProvider } from "../providers/provider.ts";
import { randomSystem } from "../providers/random/system.ts";
import type { SystemModel } from "../providers/resource-model.ts";
import { tailscaleSystem } from "../providers/tailscale/system.ts";
import { WORLD_FILE } from "../world/world-file.ts";
import { withDetailedDiffs } from "./detailed-diff.ts";
import type { BeginMessage, HostAddress, HostAnswer, HostMessage } from "./host-message.ts";
import { HostWorld } from "./host-world.ts";
import { allowImports } from "./import-request.ts";

const [folder = "."] = process.argv.slice(2);
const systems: Record<string, SystemModel> = {};
const world = new HostWorld(join(folder, WORLD_FILE));

async function begin({ settings, cluster, tailnet }: BeginMessage): Promise<void> {
  const stackWorld = await world.begin(cluster, tailnet);
  systems["cloudflare"] = cloudflareSystem(stackWorld);
  systems["kubernetes"] = kubernetesSystem(stackWorld, settings);
  systems["random"] = randomSystem();
  systems["tailscale"] = tailscaleSystem(stackWorld);
}

process.on("message", (message: HostMessage) => {
  const done = message.kind === "begin" ? begin(message) : world.end();
  done.then(
    () => {
      send({});
    },
    (error: unknown) => {
      send({ error: (error as Error).message });
    },
  );
});
// Ctrl-C reaches the whole process group. The engine completes the current steps first, and needs its providers.
process.on("SIGINT", () => undefined);
// The session has exited, so nothing will use the providers any more.
process.on("disconnect", () => {
  void world.end().finally(() => {
    process.exit();
  });
});

function send(content: HostAnswer | HostAddress): void {
  process.send?.(content);
}

send({ apis: await serveApis((stack, use) => world.answer(stack, use)) });
allowImports();
await main(withDetailedDiffs(new SimulatedProvider(systems)), []);
