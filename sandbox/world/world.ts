import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { Table } from "./table.ts";

/** Layout of the document. A document of another layout is refused: half understood, it would be half lost. */
export const WORLD_FORMAT = 1;

/** Name of the document in the folder of the sandbox's state. */
export const WORLD_FILE = "world.json";

type Change = readonly [table: string, key: string, value?: unknown];

/**
 * Everything that the simulated systems know: one JSON document of named tables.
 *
 * Between runs it is a plain file to look at and to edit by hand. During a run each API call appends what it
 * changed to a journal beside it, in one write: a process that dies loses no finished call, keeps no half of
 * an unfinished one, and a call costs the same however much the world holds.
 */
export class World {
  private readonly tables = new Map<string, Table<unknown>>();
  private readonly file: string;
  private changes: Change[] = [];
  private waiters: (() => void)[] = [];
  private readonly consequences: ((changed: ReadonlySet<string>) => void)[] = [];

  private constructor(file: string) {
    this.file = file;
  }

  /**
   * Reads the document, and the journal that an interrupted run left. A file that is not there is an empty
   * world.
   *
   * @throws Error if the document has another layout
   */
  static open(file: string): World {
    const world = new World(file);
    const { format, tables } = readDocument(file);
    if (format !== WORLD_FORMAT) {
      throw new Error(
        [
          `${file} has format ${JSON.stringify(format)}, and this version of the sandbox reads ${WORLD_FORMAT}`,
          `destroy with the version that made it, or remove the folder ${dirname(file)} to start afresh`,
        ].join("\n"),
      );
    }
    for (const [name, entries] of Object.entries(tables)) {
      for (const [key, value] of Object.entries(entries)) world.table(name).set(key, value);
    }
    for (const [name, key, value] of readJournal(file)) {
      if (value === undefined) world.table(name).delete(key);
      else world.table(name).set(key, value);
    }
    world.changes = [];
    // Appending to a line that was cut off would lose the next call too.
    if (existsSync(journalOf(file))) world.save();
    return world;
  }

  /** The table of that name, made when first asked for. The caller knows what its values are. */
  table<T>(name: string): Table<T> {
    const known = this.tables.get(name);
    if (known) return known as Table<T>;
    const made = new Table<unknown>((key, value) => {
      this.changes.push(value === undefined ? [name, key] : [name, key, value]);
    });
    this.tables.set(name, made);
    return made as Table<T>;
  }

  /** Counts up: the parts of the world get names that no other has, the same in every run. */
  serial(of: string): number {
    const serials = this.table<number>("serials");
    const next = (serials.get(of) ?? 0) + 1;
    serials.set(of, next);
    return next;
  }

  /** Registers what follows in the world from a change of tables, to be worked out before the change is kept. */
  onChange(consequence: (changed: ReadonlySet<string>) => void): void {
    this.consequences.push(consequence);
  }

  /** Ends an API call: works out what follows from its changes and appends all to the journal. */
  commit(): void {
    if (this.changes.length === 0) return;
    const changed = new Set(this.changes.map(([table]) => table));
    for (const consequence of this.consequences) consequence(changed);
    const lines = this.changes.map((change) => JSON.stringify(change));
    this.changes = [];
    mkdirSync(dirname(this.file), { recursive: true });
    // One line a call: a line that was cut off is not valid JSON and is left out when read.
    appendFileSync(journalOf(this.file), `[${lines.join(",")}]\n`);
    for (const wake of this.waiters.splice(0)) wake();
  }

  /** Resolves with true at the next commit, with false when there was none for that many milliseconds. */
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

  /** Writes the whole document, in a form to be read by people, and drops the journal. */
  save(): void {
    this.commit();
    const tables = Object.fromEntries(
      [...this.tables].filter(([, table]) => table.size > 0).map(([name, table]) => [name, table.toJSON()]),
    );
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, `${JSON.stringify({ format: WORLD_FORMAT, tables }, undefined, 2)}\n`);
    renameSync(`${this.file}.new`, this.file);
    rmSync(journalOf(this.file), { force: true });
  }
}

interface WorldDocument {
  readonly format: unknown;
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function journalOf(file: string): string {
  return `${file}.journal`;
}

function readDocument(file: string): WorldDocument {
  if (!existsSync(file)) return { format: WORLD_FORMAT, tables: {} };
  return JSON.parse(readFileSync(file, "utf8")) as WorldDocument;
}

function readJournal(file: string): Change[] {
  if (!existsSync(journalOf(file))) return [];
  const calls = readFileSync(journalOf(file), "utf8").split("\n").slice(0, -1);
  return calls.flatMap((call) => JSON.parse(call) as Change[]);
}
