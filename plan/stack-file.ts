import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { LineCounter, parseDocument, visit } from "yaml";
import { type ConfigIssue, UserError, throwIfAny } from "../components/config-issue.ts";

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
 * @throws UserError if there is no such stack, or a file cannot be read or is no YAML with a mapping `config`
 */
export function readStackFile(folder: string, stack: string): StackFile {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(folder, file))) throw noSuchStack(folder, stack);
  const project = readYaml(folder, "Pulumi.yaml") as ProjectFile;
  const { config: own } = readYaml(folder, file);

  const defaults = Object.entries(project.config).map(
    ([key, { value, default: fallback }]): [string, unknown] => [key, value ?? fallback],
  );
  const values = new Map(
    [...defaults, ...Object.entries(own)]
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

/** Reads a file of Pulumi's: a mapping, `config` in it too. What is empty is an empty mapping. */
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
      { path: file, found, allowed: "a file that can be read", fix: "put such a file there" },
    ]);
  }
}

function parseYaml(file: string, text: string): unknown {
  const lines = new LineCounter();
  // Pulumi's own reader merges the keys of <<, though YAML 1.2 does not.
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const issues = document.errors.map(({ code, message, pos: [offset] }) =>
    code === "MULTIPLE_DOCS" ? secondDocument(place(offset)) : noYaml(place(offset), message),
  );
  visit(document, {
    Alias: (_, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return;
      issues.push(badAlias(place(alias.range?.[0] ?? 0)));
    },
  });
  throwIfAny(file, issues);
  try {
    return document.toJS();
  } catch (error) {
    // What << stands before is no mapping, or aliases of aliases are too many.
    throw new UserError(file, [noYaml(file, (error as Error).message)]);
  }
}

function noYaml(path: string, message: string): ConfigIssue {
  return {
    path,
    found: message.split("\n")[0]?.replace(/ at line.*$/, "") ?? message,
    allowed: "YAML, with each key once",
    fix: "mend the file at that place",
  };
}

function secondDocument(path: string): ConfigIssue {
  return {
    path,
    found: "a second YAML document",
    allowed: "one document in a file",
    fix: "take out the line --- and move what is below it to where it belongs above",
  };
}

/** Does not quote the name: it may be a password that starts with an asterisk. */
function badAlias(path: string): ConfigIssue {
  return {
    path,
    found: "an alias (*) whose anchor (&) is missing or holds the alias itself",
    allowed: "an alias of an anchor (&) whose value ends above it",
    fix: "set the anchor before the value that is meant, or quote a text that starts with *",
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
      fix: "write the settings as such lines, each with its key",
    },
  ]);
}

function noSuchStack(folder: string, stack: string): UserError {
  const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  return new UserError("the command", [
    {
      path: "STACK",
      found: stack === "" ? "nothing" : JSON.stringify(stack),
      allowed: `a stack that has a file here: ${stacks.toSorted().join(", ")}`,
      fix: stack === "" ? "choose one of these" : `choose one of these, or write Pulumi.${stack}.yaml`,
    },
  ]);
}
