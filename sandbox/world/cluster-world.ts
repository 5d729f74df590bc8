import type { Table } from "./table.ts";
import type { World } from "./world.ts";

/**
 * The world as one stack sees it. A Cloudflare account is shared by all stacks of a world; each has a cluster of
 * its own, and a tailnet that those share which name the same: tables `kubernetes.*` are `kubernetes(<cluster>).*`,
 * and `tailscale.*` are `tailscale(<tailnet>).*`.
 */
export class ClusterWorld implements World {
  private readonly world: World;
  /** What a table's name begins with, for the stack and in the world. */
  private readonly own: readonly (readonly [string, string])[];

  /** @param cluster - one that the world has */
  constructor(world: World, cluster: string) {
    this.world = world;
    this.own = [
      ["kubernetes.", `kubernetes(${cluster}).`],
      ["tailscale.", `tailscale(${clusters(world).get(cluster) ?? ""}).`],
    ];
  }

  table<T>(name: string): Table<T> {
    return this.world.table(renamed(name, this.own));
  }

  serial(of: string): number {
    return this.world.serial(of);
  }

  /** Hears of this cluster, its tailnet and what is shared, and of nothing else. */
  onChange(consequence: (changed: ReadonlySet<string>) => void): void {
    const back = this.own.map(([name, stored]) => [stored, name] as const);
    this.world.onChange((changed) => {
      consequence(new Set([...changed].map((name) => renamed(name, back))));
    });
  }

  commit(): void {
    this.world.commit();
  }

  async committedWithin(idleMs: number): Promise<boolean> {
    return await this.world.committedWithin(idleMs);
  }
}

/** The clusters of a world by name, each with the name of its tailnet, in the order in which they came. */
export function clusters(world: World): Table<string> {
  return world.table("clusters");
}

/** One cluster's part of a world; a cluster that is asked for is there from then on, on that tailnet. */
export function worldOfCluster(world: World, cluster: string, tailnet: string): World {
  if (clusters(world).get(cluster) !== tailnet) clusters(world).set(cluster, tailnet);
  return new ClusterWorld(world, cluster);
}

function renamed(name: string, beginnings: readonly (readonly [string, string])[]): string {
  const found = beginnings.find(([from]) => name.startsWith(from));
  return found === undefined ? name : `${found[1]}${name.slice(found[0].length)}`;
}
