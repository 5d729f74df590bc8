/**
 * The systems that the doctor's benchmark asks, in a process of their own: an ozilab stack in the sandbox, whose APIs
 * are served over HTTP, and the laboratory of the data path. Every connection to them has a round-trip time.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import program from "../index.ts";
import { findEngine } from "../sandbox/engine/find-engine.ts";
import { serveApis } from "../sandbox/http/server.ts";
import { apiVariables } from "../sandbox/http/variables.ts";
import { runControllers } from "../sandbox/providers/kubernetes/system.ts";
import { deployedOutputs } from "../sandbox/session/deployed-outputs.ts";
import { Session } from "../sandbox/session/session.ts";
import { worldOfCluster } from "../sandbox/world/cluster-world.ts";
import { WORLD_FILE, WorldFile } from "../sandbox/world/world-file.ts";
import { startLab } from "../tools/edge-lab/lab.ts";
import { HEALTHY, HOST, ZONE } from "../tools/edge-lab/settings.ts";
import { startSharedParts } from "../tools/edge-lab/shared.ts";
import { writeProject, writeStackFile } from "./bench-project.ts";
import { startDelayProxy, startNameServerProxy } from "./delay-proxy.ts";
import type { DoctorSystems, RoundTrips, SystemsRequest } from "./doctor-figures.ts";

const STACK = "ozilab";

const { hostnames, roundTrips } = JSON.parse(process.argv[2] ?? "") as SystemsRequest;
const hosts = [HOST, ...Array.from({ length: hostnames - 1 }, (_, index) => `app-${index + 2}.${ZONE}`)];
const folder = await mkdtemp(join(tmpdir(), "bench-doctor-"));
const [{ apis, outputsFile }, shared] = [await serveStack(), await startSharedParts()];
const lab = await startLab(shared, { ...HEALTHY, hosts });
for (const trips of roundTrips) process.send?.(await delayed(trips));
process.once("disconnect", () => {
  void stop();
});

async function stop(): Promise<void> {
  await lab.stop();
  await shared.stop();
  await rm(folder, { recursive: true });
  process.exit();
}

/** Deploys the stack in the sandbox, and serves the APIs of its systems. */
async function serveStack(): Promise<{ readonly apis: string; readonly outputsFile: string }> {
  await writeProject(folder);
  await writeStackFile(folder, [{ name: ZONE, hosts }]);
  const state = join(folder, ".sandbox");
  const session = new Session({
    ...{ engine: await findEngine(), folder: state, projectFolder: folder, stack: STACK, program },
    checkpoints: false,
  });
  const file = join(folder, "outputs.json");
  await writeFile(file, JSON.stringify(await deployedOutputs(session)));
  const world = worldOfCluster(WorldFile.open(join(state, WORLD_FILE)), STACK, session.settings().tailnet);
  runControllers(world);
  return { apis: await serveApis((_, use) => use(world)), outputsFile: file };
}

/** The addresses of proxies in front of everything. */
async function delayed({ network, api }: RoundTrips): Promise<DoctorSystems> {
  const apiPort = await startDelayProxy(Number(new URL(apis).port), api);
  const kubeconfigs = await mkdtemp(join(folder, "kubeconfig-"));
  const nameServers = Object.entries(lab.places.nameServers).map(
    async ([address, target]) => [address, await startNameServerProxy(target, network)] as const,
  );
  return {
    projectFolder: folder,
    outputsFile,
    variables: apiVariables(`http://127.0.0.1:${apiPort}`, kubeconfigs, STACK),
    places: {
      ...lab.places,
      edgePort: await startDelayProxy(lab.places.edgePort, network),
      relayPort: await startDelayProxy(lab.places.relayPort, network),
      nameServers: Object.fromEntries(await Promise.all(nameServers)),
    },
  };
}
