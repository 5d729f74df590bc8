import type { Table } from "./table.ts";
import type { World } from "./world.ts";

const OF_A_CLUSTER = /^kubernetes\./;

/**
 * The world as one cluster's API shows it. A tailnet and a Cloudflare account are shared by all stacks of a
 * world, and each stack has a cluster of its own: its tables `kubernetes.*` are `kubernetes(<cluster>).*`.
 */
export class ClusterWorld implements World {
  private readonly world: World;
  private readonly cluster: string;

  constructor(world: World, cluster: string) {
    this.world = world;
    this.cluster = cluster;
  }

  table<T>(name: string): Table<T> {
    return this.world.table(name.replace(OF_A_CLUSTER, `kubernetes(${this.cluster}).`));
  }

  serial(of: string): number {
    return this.world.serial(of);
  }

  /** Hears of this cluster and of what is shared, and of no other cluster. */
  onChange(consequence: (changed: ReadonlySet<string>) => void): void {
    const own = `kubernetes(${this.cluster}).`;
    this.world.onChange((changed) => {
      const seen = [...changed].map((name) =>
        name.startsWith(own) ? `kubernetes.${name.slice(own.length)}` : name,
      );
      consequence(new Set(seen));
    });
  }

  commit(): void {
    this.world.commit();
  }

  async committedWithin(idleMs: number): Promise<boolean> {
    return await this.world.committedWithin(idleMs);
  }
}

/** Names of the clusters of a world, in the order in which they came. */
export function clusters(world: World): Table<true> {
  return world.table("clusters");
}

/** One cluster's part of a world; a cluster that is asked for is there from then on. */
export function worldOfCluster(world: World, cluster: string): World {
  if (!clusters(world).has(cluster)) clusters(world).set(cluster, true);
  return new ClusterWorld(world, cluster);
}
