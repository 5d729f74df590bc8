import type { Table } from "./table.ts";
import type { World } from "./world.ts";

/**
 * The world as one stack sees it. All stacks share one Cloudflare account, each has a cluster of its own, and stacks
 * that name the same tailnet share it. The stack's table `kubernetes.*` is stored as `kubernetes(<cluster>).*`, and
 * `tailscale.*` as `tailscale(<tailnet>).*`.
 */
export class ClusterWorld implements World {
  readonly #world: World;
  /** Prefixes of table names: as the stack sees them, and as stored. */
  readonly #prefixes: readonly (readonly [string, string])[];

  /** @param cluster - an existing one */
  constructor(world: World, cluster: string) {
    this.#world = world;
    this.#prefixes = [
      ["kubernetes.", `kubernetes(${cluster}).`],
      ["tailscale.", `tailscale(${clusters(world).get(cluster) ?? ""}).`],
    ];
  }

  table<T>(name: string): Table<T> {
    return this.#world.table(renamed(name, this.#prefixes));
  }

  serial(of: string): number {
    return this.#world.serial(of);
  }

  /** Passes on names as the stack sees them; tables of other clusters and tailnets keep their stored names. */
  onChange(consequence: (changed: ReadonlySet<string>) => void): void {
    const reversed = this.#prefixes.map(([name, stored]) => [stored, name] as const);
    this.#world.onChange((changed) => {
      consequence(new Set([...changed].map((name) => renamed(name, reversed))));
    });
  }

  commit(): void {
    this.#world.commit();
  }

  async committedWithin(idleMs: number): Promise<boolean> {
    return await this.#world.committedWithin(idleMs);
  }
}

/** The world's clusters in order of creation: the name of each one's tailnet by the cluster's name. */
export function clusters(world: World): Table<string> {
  return world.table("clusters");
}

/** One cluster's view of a world. Creates the cluster, or moves it to that tailnet, if necessary. */
export function worldOfCluster(world: World, cluster: string, tailnet: string): World {
  if (clusters(world).get(cluster) !== tailnet) clusters(world).set(cluster, tailnet);
  return new ClusterWorld(world, cluster);
}

function renamed(name: string, prefixes: readonly (readonly [string, string])[]): string {
  const match = prefixes.find(([from]) => name.startsWith(from));
  return match === undefined ? name : `${match[1]}${name.slice(match[0].length)}`;
}
