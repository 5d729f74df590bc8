import { Table } from "./table.ts";

/** One change of the world, as its journal has it; without a value the key is gone. */
export type Change = readonly [table: string, key: string, value?: unknown];

/** Everything that the simulated systems know: named tables, changed by one API call after the other. */
export interface World {
  /** The table of that name, made when first asked for. The caller knows what its values are. */
  table<T>(name: string): Table<T>;
  /** Counts up: the parts of the world get names that no other has, the same in every run. */
  serial(of: string): number;
  /** Registers what follows in the world from a change of tables, to be worked out before the change is kept. */
  onChange(consequence: (changed: ReadonlySet<string>) => void): void;
  /** Ends an API call: works out what follows from its changes, and keeps all of it. */
  commit(): void;
  /** Resolves with true at the next commit, with false when there was none for that many milliseconds. */
  committedWithin(idleMs: number): Promise<boolean>;
}

/** A world in the memory of a process. */
export class MemoryWorld implements World {
  protected readonly tables = new Map<string, Table<unknown>>();
  private changes: Change[] = [];
  private waiters: (() => void)[] = [];
  private readonly consequences: ((changed: ReadonlySet<string>) => void)[] = [];
  private readonly keep: (changes: readonly Change[]) => void;

  /** @param keep - gets what one call changed; by default nothing is kept beyond the process */
  constructor(keep: (changes: readonly Change[]) => void = () => undefined) {
    this.keep = keep;
  }

  table<T>(name: string): Table<T> {
    const known = this.tables.get(name);
    if (known) return known as Table<T>;
    const made = new Table<unknown>((key, value) => {
      this.changes.push(value === undefined ? [name, key] : [name, key, value]);
    });
    this.tables.set(name, made);
    return made as Table<T>;
  }

  serial(of: string): number {
    const serials = this.table<number>("serials");
    const next = (serials.get(of) ?? 0) + 1;
    serials.set(of, next);
    return next;
  }

  onChange(consequence: (changed: ReadonlySet<string>) => void): void {
    this.consequences.push(consequence);
  }

  commit(): void {
    const changes = this.settle();
    if (changes.length === 0) return;
    this.keep(changes);
    for (const wake of this.waiters.splice(0)) wake();
  }

  async committedWithin(idleMs: number): Promise<boolean> {
    return await new Promise((resolve) => {
      const idle = setTimeout(() => {
        this.waiters = this.waiters.filter((waiter) => waiter !== wake);
        resolve(false);
      }, idleMs);
      const wake = () => {
        clearTimeout(idle);
        resolve(true);
      };
      this.waiters.push(wake);
    });
  }

  /** Makes changes that were worked out before: of a document or a journal. Nothing follows from them. */
  replay(changes: Iterable<Change>): void {
    for (const [name, key, value] of changes) {
      if (value === undefined) this.table(name).delete(key);
      else this.table(name).set(key, value);
    }
    this.changes = [];
  }

  /** What was changed since the last commit, with all that follows from it. */
  protected settle(): Change[] {
    if (this.changes.length === 0) return [];
    const changed = new Set(this.changes.map(([table]) => table));
    for (const consequence of this.consequences) consequence(changed);
    const settled = this.changes;
    this.changes = [];
    return settled;
  }
}
