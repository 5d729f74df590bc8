import { copyFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allChecks } from "../../doctor/all-checks.ts";
import type { Report } from "../../doctor/core/report.ts";
import type { Network } from "../../doctor/probes/network.ts";
import { runDoctor } from "../../doctor/run-doctor.ts";
import { liveSystems } from "../../doctor/systems.ts";
import { readTarget } from "../../doctor/target/read-target.ts";
import type { Target } from "../../doctor/target/target.ts";
import program from "../../index.ts";
import { ProviderSettings } from "../../live/provider-settings.ts";
import { findEngine } from "../../sandbox/engine/find-engine.ts";
import { serveApis } from "../../sandbox/http/server.ts";
import { apiVariables, type Variables } from "../../sandbox/http/variables.ts";
import { runControllers } from "../../sandbox/providers/kubernetes/system.ts";
import { deployedOutputs } from "../../sandbox/session/deployed-outputs.ts";
import { Session } from "../../sandbox/session/session.ts";
import { worldOfCluster } from "../../sandbox/world/cluster-world.ts";
import { WORLD_FILE, WorldFile } from "../../sandbox/world/world-file.ts";
import type { World } from "../../sandbox/world/world.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

/** A stack that was deployed in the sandbox, whose systems are served over HTTP. */
export interface SandboxDoctor {
  /** With which commands reach the simulated systems, and the stack's outputs. */
  readonly variables: Variables;
  readonly target: Target;
  /** The world as the last diagnosis left it. */
  readonly world: () => World;
  /** Changes the world as `up` left it. */
  prepare(change?: (world: World) => void): void;
  /** Prepares the world, and runs the checks on it: those of the APIs, and with a network all. */
  diagnose(change?: (world: World) => void, options?: DiagnosisOptions): Promise<Report>;
  remove(): Promise<void>;
}

export interface DiagnosisOptions {
  readonly variables?: Variables;
  /** Changes what is checked. */
  readonly adjust?: (target: Target) => Target;
  readonly network?: Network;
}

/** Deploys a stack in a sandbox of its own. */
export async function sandboxDoctor(stack: string): Promise<SandboxDoctor> {
  const folder = await mkdtemp(join(tmpdir(), "doctor-"));
  const session = new Session({
    ...{ engine: await findEngine(), folder, projectFolder: PROJECT_FOLDER, stack, program },
    checkpoints: false,
  });
  const settings = session.settings();
  const outputsFile = join(folder, "outputs.json");
  await writeFile(outputsFile, JSON.stringify(await deployedOutputs(session)));

  // Loading the clients takes long on a busy machine, and must not use up the checks' time limit.
  await Promise.all([import("cloudflare"), import("@kubernetes/client-node")]);
  let count = 0;
  let world: World;
  const prepare = (change: (world: World) => void = () => undefined) => {
    // A new name each time: beside the file lies the journal of what was changed.
    count += 1;
    const copy = join(folder, `world-${count}.json`);
    copyFileSync(join(folder, WORLD_FILE), copy);
    const file = WorldFile.open(copy);
    world = worldOfCluster(file, stack, settings.tailnet);
    runControllers(world);
    change(world);
    world.commit();
  };
  prepare();
  const address = await serveApis((_, use) => use(world));
  const variables = { ...apiVariables(address, folder, stack), OUTPUTS: outputsFile };
  const target = await readTarget(PROJECT_FOLDER, { stack, outputsFile });
  return {
    ...{ variables, target },
    world: () => world,
    prepare,
    diagnose: async (change, { variables: others = {}, adjust = (same: Target) => same, network } = {}) => {
      prepare(change);
      const provider = new ProviderSettings({}, [], { values: {} }, { ...variables, ...others });
      return await runDoctor(stack, allChecks(adjust(target), liveSystems(provider), network));
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Each check that is not ok, as `<cause, status or root> ← <check>`. */
export function notOk({ results }: Pick<Report, "results">): readonly string[] {
  return results.flatMap(({ id, status, finding, consequenceOf }) => {
    if (status === "ok") return [];
    const reason = consequenceOf === undefined ? status : `because of ${consequenceOf}`;
    return `${id}: ${finding?.cause ?? reason}`;
  });
}
