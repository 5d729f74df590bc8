import leven from "leven";
import { z } from "zod";
import type { ConfigIssue } from "../../components/config-issue.ts";

export type Issue = z.core.$ZodIssue;

/** What a refinement puts into the `params` of its issue. Without `found`, the value is shown. */
export type IssueTexts = Pick<ConfigIssue, "allowed" | "fix"> & { readonly found?: string };

type Path = readonly PropertyKey[];

const HIDDEN = "a value that is not shown because it may be a secret";
// A Tailscale key, or a URL with a user and password.
const SECRET_WORD = /\S*(?:tskey-|:\/\/[^\s/"]*@)\S*/;

/**
 * Turns an issue of the schema into the user's terms: one issue, or one for each unknown key.
 *
 * @param config - the whole configuration that was parsed; shows what was found
 */
export function issuesFromZod(issue: Issue, config: unknown): readonly ConfigIssue[] {
  return meantIssues(issue).flatMap((meant): readonly ConfigIssue[] => {
    if (meant.code === "unrecognized_keys") return unknownKeyIssues(meant);
    const found = show(valueAt(config, meant.path), meant.path);
    return [{ path: settingPath(meant.path), found, ...advice(meant) }];
  });
}

/** The issues of the union's branch that a value was meant for, with full paths; any other issue as it is. */
export function meantIssues(issue: Issue): readonly Issue[] {
  const meant = issue.code === "invalid_union" ? branchMeant(issue.errors) : undefined;
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => meantIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Each unknown key, and the known one that it looks like. */
export function unknownKeys({ keys, message: known }: z.core.$ZodIssueUnrecognizedKeys) {
  return keys.map((key) => ({
    key,
    nearest: known.split(", ").find((candidate) => leven(candidate.toLowerCase(), key.toLowerCase()) <= 2),
  }));
}

/** A setting's path as in the stack's file: `tailnet-edge:publicEdge.hostnames[1]`. */
export function settingPath(path: Path): string {
  return `tailnet-edge:${z.core.toDotPath(path)}`;
}

/** Shows a value, unless it could be a secret in the wrong place. */
export function show(value: unknown, path: Path): string {
  if (value === undefined) return "nothing";
  const names = [String(path.at(-1))];
  const text = JSON.stringify(value, (name, part: unknown) => {
    names.push(name);
    return part;
  });
  const mayBeSecret = SECRET_WORD.test(text) || /secret|token|password|key/i.test(names.join(" "));
  return mayBeSecret ? HIDDEN : text;
}

/** The value at a path; undefined if the path does not exist. */
export function valueAt(config: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    config,
  );
}

/** What the schema says about an issue: the texts in `params`, or a message that lists the allowed values. */
function advice(issue: Issue): IssueTexts {
  switch (issue.code) {
    case "custom":
      return withoutSecrets(issue.params as unknown as IssueTexts);
    case "invalid_type":
      return {
        allowed: `a value of type ${issue.expected}`,
        fix: "see the key's description in Pulumi.yaml",
      };
    case "invalid_value":
      return { allowed: issue.values.map(String).join(", "), fix: "choose one of these" };
    case "too_small":
      return { allowed: `at least ${issue.minimum} entry`, fix: "add an entry" };
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "too_big":
    case "unrecognized_keys":
      return { allowed: issue.message, fix: "choose one of these forms" };
  }
}

/** The texts of a rule may repeat values from anywhere in the configuration. */
function withoutSecrets({ found, allowed, fix }: IssueTexts): IssueTexts {
  const hide = (text: string) => text.replaceAll(new RegExp(SECRET_WORD, "g"), "(hidden)");
  return { ...(found !== undefined && { found: hide(found) }), allowed: hide(allowed), fix: hide(fix) };
}

/** The branch of a union that a value was meant for: the one whose type fits it. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every(({ path, code }) => path.length > 0 || !["invalid_type", "invalid_value"].includes(code)),
  );
}

function unknownKeyIssues(issue: z.core.$ZodIssueUnrecognizedKeys): readonly ConfigIssue[] {
  return unknownKeys(issue).map(({ key, nearest }) => ({
    path: settingPath([...issue.path, key]),
    found: "an unknown key",
    allowed: issue.message,
    fix: nearest === undefined ? "remove it, or move it to where it belongs" : `did you mean ${nearest}?`,
  }));
}
