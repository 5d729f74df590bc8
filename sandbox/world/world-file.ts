import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { appendCall, moveCalls, readCalls } from "./journal.ts";
import { type Change, MemoryWorld } from "./world.ts";

/** Version of the document's layout. Other versions are rejected: loading one in part would lose the rest. */
export const WORLD_FORMAT = 2;

/** Name of the world's document in the folder of the sandbox's state. */
export const WORLD_FILE = "world.json";

/** Name of the last run's journal in the same folder. Each line holds the changes of one API call. */
export const LAST_RUN_FILE = "last-run.jsonl";

/** The world as JSON: each table's values by key. */
export interface WorldDocument {
  readonly format: unknown;
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * A world that is stored as one JSON document.
 *
 * Between runs you can read and edit the file. During a run each API call appends its changes to a journal, in one
 * write: after a crash every completed call is there as a whole, and the cost of a call does not depend on the size
 * of the world. After the run the journal is kept as {@link LAST_RUN_FILE}: `historyOfLastRun` replays it.
 */
export class WorldFile extends MemoryWorld {
  readonly #file: string;

  private constructor(file: string) {
    super((changes) => {
      appendCall(this.#journal, changes);
    });
    this.#file = file;
  }

  /**
   * Reads the document and the journal of an interrupted run. If there is no file, the world is empty.
   *
   * @throws Error if the document has another format
   */
  static open(file: string): WorldFile {
    const world = new WorldFile(file);
    world.replay(changesOf(readDocument(file)));
    if (!existsSync(world.#journal)) return world;
    for (const call of readCalls(world.#journal)) world.replay(call);
    // Start a new journal: appending to a line that was cut off would lose the next call too.
    world.save();
    return world;
  }

  /** Begins a run: removes the journal of the last one. */
  begin(): void {
    rmSync(this.#lastRun, { force: true });
  }

  /** Writes the whole document, indented for people, and keeps the run's journal as {@link LAST_RUN_FILE}. */
  save(): void {
    this.settle();
    const tables = Object.fromEntries(
      [...this.tables].filter(([, table]) => table.size > 0).map(([name, table]) => [name, table.toJSON()]),
    );
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, `${JSON.stringify({ format: WORLD_FORMAT, tables }, undefined, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
    // What commands call between two runs follows the last run.
    moveCalls(this.#journal, this.#lastRun);
  }

  get #journal(): string {
    return `${this.#file}.journal`;
  }

  get #lastRun(): string {
    return join(dirname(this.#file), LAST_RUN_FILE);
  }
}

/** @throws Error if the document has another format */
export function readDocument(file: string): WorldDocument {
  if (!existsSync(file)) return { format: WORLD_FORMAT, tables: {} };
  const document = JSON.parse(readFileSync(file, "utf8")) as WorldDocument;
  if (document.format === WORLD_FORMAT) return document;
  throw new Error(
    [
      `${file} has format ${JSON.stringify(document.format)}, but this version of the sandbox reads format ${WORLD_FORMAT}`,
      `remove the folder ${dirname(file)} to start over, or destroy the stack with the version that wrote it`,
    ].join("\n"),
  );
}

/** The changes that turn an empty world into that of a document. */
export function changesOf({ tables }: WorldDocument): Change[] {
  return Object.entries(tables).flatMap(([name, entries]) =>
    Object.entries(entries).map(([key, value]): Change => [name, key, value]),
  );
}
