import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { appendCall, callsIn } from "./journal.ts";
import { type Change, MemoryWorld } from "./world.ts";

/** Layout of the document. A document of another layout is refused: half understood, it would be half lost. */
export const WORLD_FORMAT = 2;

/** Name of the document in the folder of the sandbox's state. */
export const WORLD_FILE = "world.json";

/** Name of the last run's journal beside the document: its API calls, a line each with what it changed. */
export const LAST_RUN_FILE = "last-run.jsonl";

/** A world's document: its tables' values by key. */
export interface WorldDocument {
  readonly format: unknown;
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * A world that is kept as one JSON document.
 *
 * Between runs it is a plain file to look at and to edit by hand. During a run each API call appends what it
 * changed to a journal beside it, in one write: a process that dies loses no finished call, keeps no half of
 * an unfinished one, and a call costs the same however much the world holds. After the run the journal stays,
 * as {@link LAST_RUN_FILE}: with it every moment of the run can be looked at.
 */
export class WorldFile extends MemoryWorld {
  private readonly file: string;

  private constructor(file: string) {
    super((changes) => {
      appendCall(this.journal, changes);
    });
    this.file = file;
  }

  /**
   * Reads the document, and the journal that an interrupted run left. A file that is not there is an empty
   * world.
   *
   * @throws Error if the document has another layout
   */
  static open(file: string): WorldFile {
    const world = new WorldFile(file);
    world.replay(changesOf(readDocument(file)));
    if (!existsSync(world.journal)) return world;
    for (const call of callsIn(world.journal)) world.replay(call);
    // Appending to a line that was cut off would lose the next call too.
    world.save();
    return world;
  }

  /** Begins a run, of which there is no call yet. */
  begin(): void {
    rmSync(this.lastRun, { force: true });
  }

  /** Writes the whole document, in a form to be read by people, and puts the run's journal aside. */
  save(): void {
    this.settle();
    const tables = Object.fromEntries(
      [...this.tables].filter(([, table]) => table.size > 0).map(([name, table]) => [name, table.toJSON()]),
    );
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, `${JSON.stringify({ format: WORLD_FORMAT, tables }, undefined, 2)}\n`);
    renameSync(`${this.file}.new`, this.file);
    // Without a call there is no journal: who only looks at the world, or breaks it, leaves the last run's there.
    if (existsSync(this.journal)) renameSync(this.journal, this.lastRun);
  }

  private get journal(): string {
    return `${this.file}.journal`;
  }

  private get lastRun(): string {
    return join(dirname(this.file), LAST_RUN_FILE);
  }
}

/** @throws Error if the document has another layout */
export function readDocument(file: string): WorldDocument {
  if (!existsSync(file)) return { format: WORLD_FORMAT, tables: {} };
  const document = JSON.parse(readFileSync(file, "utf8")) as WorldDocument;
  if (document.format === WORLD_FORMAT) return document;
  throw new Error(
    [
      `${file} has format ${JSON.stringify(document.format)}, and this version of the sandbox reads ${WORLD_FORMAT}`,
      `destroy with the version that made it, or remove the folder ${dirname(file)} to start afresh`,
    ].join("\n"),
  );
}

/** What makes an empty world that of a document. */
export function changesOf({ tables }: WorldDocument): Change[] {
  return Object.entries(tables).flatMap(([name, entries]) =>
    Object.entries(entries).map(([key, value]): Change => [name, key, value]),
  );
}
