import { Table } from "./table.ts";

/** One change of the world, as the journal records it. Without a value, the key was deleted. */
export type Change = readonly [table: string, key: string, value?: unknown];

/** The state of all simulated systems: named tables, changed by one API call after another. */
export interface World {
  /** The table with that name, created on first use. The caller knows the type of its values. */
  table<T>(name: string): Table<T>;
  /** The next number of a sequence, such as `cloudflare.zone`. Names made of it are unique and the same in every run. */
  serial(of: string): number;
  /** Registers a consequence, such as what a controller does. It runs before the changed tables are recorded. */
  onChange(consequence: (changed: ReadonlySet<string>) => void): void;
  /** Ends an API call: runs the consequences of its changes and records everything as one entry. */
  commit(): void;
  /** Resolves to true at the next commit, or to false after `idleMs` milliseconds without one. */
  committedWithin(idleMs: number): Promise<boolean>;
}

/** A world in the memory of one process. */
export class MemoryWorld implements World {
  protected readonly tables = new Map<string, Table<unknown>>();
  #changes: Change[] = [];
  #waiters: (() => void)[] = [];
  readonly #consequences: ((changed: ReadonlySet<string>) => void)[] = [];
  readonly #record: (changes: readonly Change[]) => void;

  /** @param record - receives the changes of each call; by default nothing is stored */
  constructor(record: (changes: readonly Change[]) => void = () => undefined) {
    this.#record = record;
  }

  table<T>(name: string): Table<T> {
    const existing = this.tables.get(name);
    if (existing) return existing as Table<T>;
    const created = new Table<unknown>((key, value) => {
      this.#changes.push(value === undefined ? [name, key] : [name, key, value]);
    });
    this.tables.set(name, created);
    return created as Table<T>;
  }

  serial(of: string): number {
    const serials = this.table<number>("serials");
    const next = (serials.get(of) ?? 0) + 1;
    serials.set(of, next);
    return next;
  }

  onChange(consequence: (changed: ReadonlySet<string>) => void): void {
    this.#consequences.push(consequence);
  }

  commit(): void {
    const changes = this.settle();
    if (changes.length === 0) return;
    this.#record(changes);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  async committedWithin(idleMs: number): Promise<boolean> {
    return await new Promise((resolve) => {
      const idle = setTimeout(() => {
        this.#waiters = this.#waiters.filter((waiter) => waiter !== wake);
        resolve(false);
      }, idleMs);
      const wake = () => {
        clearTimeout(idle);
        resolve(true);
      };
      this.#waiters.push(wake);
    });
  }

  /** Applies changes from a document or a journal. Their consequences are among them, so none run. */
  replay(changes: Iterable<Change>): void {
    for (const [name, key, value] of changes) {
      if (value === undefined) this.table(name).delete(key);
      else this.table(name).set(key, value);
    }
    this.#changes = [];
  }

  /** Runs the consequences of all changes since the last commit. @returns those changes and their consequences */
  protected settle(): Change[] {
    if (this.#changes.length === 0) return [];
    const changed = new Set(this.#changes.map(([table]) => table));
    for (const consequence of this.#consequences) consequence(changed);
    const settled = this.#changes;
    this.#changes = [];
    return settled;
  }
}
