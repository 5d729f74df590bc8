import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { LineCounter, parseDocument, visit } from "yaml";
import { type ConfigIssue, throwIfAny, UserError } from "../components/config-issue.ts";

/** A stack's configuration as Pulumi passes it to the program. */
export interface StackFile {
  readonly project: string;
  /** Values by key. Strings are kept, everything else is JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys whose value is encrypted, or contains an encrypted value. */
  readonly secretKeys: readonly string[];
}

/** Replaces a value that is encrypted in the stack's file. Reading it needs the stack's key. */
const ENCRYPTED = "[encrypted]";

/**
 * Reads a stack's file, with the defaults of the project's file.
 *
 * @param folder - the project's folder
 * @throws UserError if the stack does not exist, or a file cannot be read or is not YAML with a mapping `config`
 */
export function readStackFile(folder: string, stack: string): StackFile {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(folder, file))) throw noSuchStack(folder, stack);
  const project = readYaml(folder, "Pulumi.yaml") as ProjectFile;
  const { config: settings } = readYaml(folder, file);

  const defaults = Object.entries(project.config).map(
    ([key, { value, default: fallback }]): [string, unknown] => [key, value ?? fallback],
  );
  const values = new Map(
    [...defaults, ...Object.entries(settings)]
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

/** Reads a Pulumi file: a mapping that contains the mapping `config`. An empty value is an empty mapping. */
function readYaml(folder: string, file: string): { readonly config: object } {
  const content: { config?: unknown } = asMapping(file, file, parseYaml(file, readText(folder, file)));
  return { ...content, config: asMapping(file, `${file}: config`, content.config) };
}

function readText(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch (error) {
    const { errno } = error as { errno: number };
    const found = getSystemErrorMessage(errno);
    throw new UserError(file, [
      { path: file, found, allowed: "a readable file", fix: "replace it with a readable file" },
    ]);
  }
}

function parseYaml(file: string, text: string): unknown {
  const lines = new LineCounter();
  // Pulumi's own reader merges the keys of <<, although YAML 1.2 does not.
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const issues = document.errors.map(({ code, message, pos: [offset] }) =>
    code === "MULTIPLE_DOCS" ? secondDocument(place(offset)) : invalidYaml(place(offset), message),
  );
  visit(document, {
    Alias: (_, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return;
      issues.push(invalidAlias(place(alias.range?.[0] ?? 0)));
    },
  });
  throwIfAny(file, issues);
  try {
    return document.toJS();
  } catch (error) {
    // The value of << is not a mapping, or there are too many nested aliases.
    throw new UserError(file, [invalidYaml(file, (error as Error).message)]);
  }
}

function invalidYaml(path: string, message: string): ConfigIssue {
  return {
    path,
    found: message.split("\n")[0]?.replace(/ at line.*$/, "") ?? message,
    allowed: "YAML, with each key once",
    fix: "fix the file at this position",
  };
}

function secondDocument(path: string): ConfigIssue {
  return {
    path,
    found: "a second YAML document",
    allowed: "one document in a file",
    fix: "remove the line ---, and merge what is below it into the first document",
  };
}

/** The issue leaves the name out: it may be a password that starts with an asterisk. */
function invalidAlias(path: string): ConfigIssue {
  return {
    path,
    found: "an alias (*) whose anchor (&) is missing or contains the alias itself",
    allowed: "an alias of an anchor (&) whose value ends before the alias",
    fix: "add the anchor before the intended value, or quote a text that starts with *",
  };
}

function asMapping(file: string, path: string, value: unknown): object {
  const mapping = value ?? {};
  if (typeof mapping === "object" && !Array.isArray(mapping)) return mapping;
  throw new UserError(file, [
    {
      path,
      found: Array.isArray(mapping) ? "a list" : "a single value",
      allowed: "a mapping: lines of key: value",
      fix: "write each setting as such a line",
    },
  ]);
}

/** The error for a stack that has no file. */
export function noSuchStack(folder: string, stack: string): UserError {
  const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  return new UserError("the command", [
    {
      path: "STACK",
      found: stack === "" ? "an empty name" : JSON.stringify(stack),
      allowed: `a stack with a file in this folder: ${stacks.toSorted().join(", ")}`,
      fix: stack === "" ? "choose one of these" : `choose one of these, or create Pulumi.${stack}.yaml`,
    },
  ]);
}
