import { runControllers } from "../providers/kubernetes/system.ts";
import { clusters, ClusterWorld, worldOfCluster } from "../world/cluster-world.ts";
import { WorldFile } from "../world/world-file.ts";
import type { World } from "../world/world.ts";

/** The world of the process that serves the simulated systems: open during a run, else for one request at a time. */
export class HostWorld {
  readonly #file: string;
  #running: WorldFile | undefined;
  /** Settles when all requests between two runs have been answered. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** Opens the world for a run, including changes made since the last one. @returns the world as the stack sees it */
  async begin(cluster: string, tailnet: string): Promise<World> {
    await this.#idle;
    const world = WorldFile.open(this.#file);
    world.begin();
    const stackWorld = worldOfCluster(world, cluster, tailnet);
    runAllControllers(world);
    this.#running = world;
    return stackWorld;
  }

  /** Saves the world after a run. */
  async end(): Promise<void> {
    await this.#idle;
    this.#running?.save();
    // Between runs, others may change world.json. Saving again would undo their changes.
    this.#running = undefined;
  }

  /**
   * Answers a request in the world as a stack sees it. Between two runs the world is opened and saved for the request.
   *
   * @returns undefined if the world has no such stack
   */
  async answer(stack: string, use: (world: World) => Promise<Response>): Promise<Response | undefined> {
    if (this.#running !== undefined) return await useStack(this.#running, stack, use);
    const answered = this.#idle.then(async () => {
      if (this.#running !== undefined) return await useStack(this.#running, stack, use);
      const world = WorldFile.open(this.#file);
      runAllControllers(world);
      const response = await useStack(world, stack, use);
      world.save();
      return response;
    });
    this.#idle = answered.catch(() => undefined);
    return await answered;
  }
}

/** The operators of all clusters run: they react to changes of the tailnet that they share. */
function runAllControllers(world: World): void {
  for (const [cluster] of clusters(world)) runControllers(new ClusterWorld(world, cluster));
}

async function useStack(
  world: World,
  stack: string,
  use: (world: World) => Promise<Response>,
): Promise<Response | undefined> {
  return clusters(world).has(stack) ? await use(new ClusterWorld(world, stack)) : undefined;
}
