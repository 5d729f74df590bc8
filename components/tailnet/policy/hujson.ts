import stringify from "json-stringify-pretty-compact";
import {
  createScanner,
  findNodeAtLocation,
  getNodePath,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { ConfigIssue } from "../../config-issue.ts";

// Token kinds of jsonc-parser, which declares them as a `const enum` that does not exist at run time.
const COMMA_TOKEN = 5;
const LINE_COMMENT_TOKEN = 12;
const BLOCK_COMMENT_TOKEN = 13;
const END_OF_INPUT_TOKEN = 17;

/** A value to add to the object or array at `path`. An object needs a `key`. */
export interface Addition {
  readonly path: readonly (string | number)[];
  readonly key?: string;
  readonly value: unknown;
}

/**
 * Parses HuJSON: JSON with comments and trailing commas.
 *
 * @param source - the file's name, for messages
 * @returns the value, or every issue in the text. A key that occurs twice in one object is an issue: JSON readers
 * silently keep the last one, and half of the rules are lost.
 */
export function parseHuJson(
  text: string,
  source: string,
): { value: unknown; issues: readonly ConfigIssue[] } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const issues = errors.map(({ error, offset }) => ({
    path: `${source}:${position(text, offset)}`,
    found: printParseErrorCode(error),
    allowed: "HuJSON: JSON with // and /* */ comments and trailing commas",
    fix: "fix the syntax there",
  }));
  if (root === undefined || issues.length > 0) return { value: undefined, issues };
  return { value: getNodeValue(root), issues: duplicateKeys(root, text, source) };
}

/**
 * Adds values to a HuJSON text and keeps everything else, comments and layout included, except for blanks before
 * a bracket that moves to its own line. Added lines use the text's indentation.
 *
 * @param text - valid HuJSON
 * @param additions - applied in order, so that one may add to what an earlier one has added
 */
export function appendToHuJson(text: string, additions: readonly Addition[]): string {
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? "\t";
  return additions.reduce((appended, addition) => append(appended, addition, indent), text);
}

/** Renders a value as people write HuJSON: tabs, and short lists on one line. */
export function renderHuJson(value: unknown, indent = "\t"): string {
  return stringify(value, { indent, maxLength: 90 });
}

/** Renders a value on one line, for messages. */
export function oneLine(value: unknown): string {
  return stringify(value, { maxLength: Infinity });
}

/** The comments of a HuJSON text, in order. */
export function commentsOf(text: string): readonly string[] {
  const scanner = createScanner(text);
  const comments: string[] = [];
  for (let token: number = scanner.scan(); token !== END_OF_INPUT_TOKEN; token = scanner.scan()) {
    if (token === LINE_COMMENT_TOKEN || token === BLOCK_COMMENT_TOKEN)
      comments.push(scanner.getTokenValue().trim());
  }
  return comments;
}

function append(text: string, { path, key, value }: Addition, indent: string): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const container = root && findNodeAtLocation(root, [...path]);
  if (container === undefined) throw new Error(`there is nothing at ${path.join(".")} to add to`);

  const closing = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const lastEnd = last === undefined ? container.offset + 1 : last.offset + last.length;
  const between = text.slice(lastEnd, closing);
  const oneLine = typeof value === "string" && !text.slice(container.offset, closing).includes("\n");
  const outer = indent.repeat(path.length);
  const kept = between.trimEnd();
  const blank = between.slice(kept.length);
  const [before, after] = oneLine
    ? [last === undefined ? "" : " ", blank]
    : [`\n${outer}${indent}`, blank.includes("\n") ? blank : `\n${outer}`];
  const member = (key === undefined ? "" : `${JSON.stringify(key)}: `) + renderHuJson(value, indent);
  // The comma goes directly after the last member and the addition before the closing bracket, so that a comment
  // after the last member stays with it.
  const separator = last === undefined || hasComma(between) ? "" : ",";
  const added = member.replaceAll("\n", `\n${outer}${indent}`);
  return text.slice(0, lastEnd) + separator + kept + before + added + after + text.slice(closing);
}

function hasComma(text: string): boolean {
  const scanner = createScanner(text, true);
  for (let token: number = scanner.scan(); token !== END_OF_INPUT_TOKEN; token = scanner.scan()) {
    if (token === COMMA_TOKEN) return true;
  }
  return false;
}

function duplicateKeys(node: Node, text: string, source: string): readonly ConfigIssue[] {
  const seen = new Set<unknown>();
  const own = node.type !== "object" ? [] : (node.children ?? []);
  const issues = own.flatMap((property): ConfigIssue[] => {
    const keyNode = property.children?.[0];
    if (keyNode === undefined || !seen.has(keyNode.value)) {
      seen.add(keyNode?.value);
      return [];
    }
    return [
      {
        path: `${source}:${position(text, keyNode.offset)}`,
        found: `a second key ${[...getNodePath(node), keyNode.value as string].join(".")}`,
        allowed: "each key once: the later one would silently replace the earlier one",
        fix: "merge the two entries into one",
      },
    ];
  });
  return [...issues, ...(node.children ?? []).flatMap((child) => duplicateKeys(child, text, source))];
}

function position(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split("\n").length}:${offset - before.lastIndexOf("\n")}`;
}
