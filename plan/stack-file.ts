import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Document, LineCounter, isMap, parseDocument } from "yaml";
import { UserError } from "../components/faults.ts";

/** A stack's configuration as Pulumi would hand it to the program. */
export interface StackFile {
  readonly project: string;
  /** Texts by key; what is no text is JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** The keys that are encrypted, wholly or in part. */
  readonly secretKeys: readonly string[];
}

/** Stands for a value that the stack's file holds encrypted, and that cannot be read without its key. */
const ENCRYPTED = "[encrypted]";

/**
 * Reads a stack's file and the project's, with the defaults that the project gives.
 *
 * @param folder - the project's
 * @throws UserError if there is no such stack, or a file is no YAML
 */
export function readStackFile(folder: string, stack: string): StackFile {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(folder, file))) throw noSuchStack(folder, stack);
  const project = readYaml(folder, "Pulumi.yaml") as ProjectFile;
  const { config: own } = readYaml(folder, file) as { config?: Record<string, unknown> };

  const defaults = Object.entries(project.config).map(
    ([key, { value, default: fallback }]): [string, unknown] => [key, value ?? fallback],
  );
  const values = new Map(
    [...defaults, ...Object.entries(own ?? {})]
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key.includes(":") ? key : `${project.name}:${key}`, value]),
  );
  return {
    project: project.name,
    config: Object.fromEntries([...values].map(([key, value]) => [key, asText(value)])),
    secretKeys: [...values].filter(([, value]) => holdsEncrypted(value)).map(([key]) => key),
  };
}

interface ProjectFile {
  readonly name: string;
  readonly config: Readonly<Record<string, { readonly value?: unknown; readonly default?: unknown }>>;
}

function asText(value: unknown): string {
  const readable = JSON.stringify(value, (_, part: unknown) => (isEncrypted(part) ? ENCRYPTED : part));
  const plain: unknown = JSON.parse(readable);
  return typeof plain === "string" ? plain : readable;
}

function holdsEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isEncrypted(value) || Object.values(value).some(holdsEncrypted);
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value && Object.keys(value).length === 1;
}

function readYaml(folder: string, file: string): unknown {
  const lines = new LineCounter();
  const document: Document = parseDocument(readFileSync(join(folder, file), "utf8"), { lineCounter: lines });
  const faults = document.errors.map(({ message, pos: [offset] }) => {
    const { line, col } = lines.linePos(offset);
    return {
      path: `${file}:${line}:${col}`,
      found: message.split("\n")[0]?.replace(/ at line.*$/, "") ?? message,
      allowed: "YAML, with each key once",
      mend: "mend the file at that place",
    };
  });
  if (faults.length > 0) throw new UserError(file, faults);
  return isMap(document.contents) ? document.toJS() : {};
}

function noSuchStack(folder: string, stack: string): UserError {
  const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  return new UserError("the command", [
    {
      path: "STACK",
      found: JSON.stringify(stack),
      allowed: `a stack that has a file here: ${stacks.toSorted().join(", ")}`,
      mend: `choose one of these, or write Pulumi.${stack}.yaml`,
    },
  ]);
}
