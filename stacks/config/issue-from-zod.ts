import leven from "leven";
import { z } from "zod";
import type { ConfigIssue } from "../../components/config-issue.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Tells what the schema found wrong in the user's words: one issue or, for unknown keys, one each.
 *
 * @param config - the whole configuration that was parsed, from which the faulty value is shown
 */
export function issuesFromZod(issue: Issue, config: unknown): readonly ConfigIssue[] {
  if (issue.code === "invalid_union") {
    const meant = branchMeant(issue.errors);
    if (meant !== undefined) {
      return meant.flatMap((inner) =>
        issuesFromZod({ ...inner, path: [...issue.path, ...inner.path] }, config),
      );
    }
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...issue.path, key], key, issue.message));
  }
  const found = show(valueAt(config, issue.path), issue.path);
  return [{ path: settingPath(issue.path), found, ...advice(issue) }];
}

/** A setting's path as the stack file has it: `tailnet-edge:publicEdge.hostnames[1]`. */
export function settingPath(path: Path): string {
  return `tailnet-edge:${z.core.toDotPath(path)}`;
}

/** Shows a value, unless it could be a secret that was put into the wrong place. */
export function show(value: unknown, path: Path): string {
  if (value === undefined) return "nothing";
  const names = [String(path.at(-1))];
  const text = JSON.stringify(value, (name, part: unknown) => {
    names.push(name);
    return part;
  });
  // A key of Tailscale's by its look, or the user and password of a URL.
  const looksSecret = /tskey-|:\/\/[^\s/"]*@/.test(text);
  const mayBeSecret = looksSecret || /secret|token|password|key/i.test(names.join(" "));
  return mayBeSecret ? "a value that is not shown here, as it may be a secret" : text;
}

/** The schema's own words for a issue: `params` of a rule, or a message that lists what may stand there. */
function advice(issue: Issue): Pick<ConfigIssue, "allowed" | "fix"> {
  switch (issue.code) {
    case "custom":
      return { allowed: String(issue.params?.["allowed"]), fix: String(issue.params?.["fix"]) };
    case "invalid_type":
      return {
        allowed: `a value of type ${issue.expected}`,
        fix: "see Pulumi.yaml for what the key is for",
      };
    case "invalid_value":
      return { allowed: issue.values.map(String).join(", "), fix: "choose one of these" };
    case "too_small":
      return {
        allowed: `at least ${issue.minimum}`,
        fix: issue.origin === "array" ? "add an entry" : "raise it",
      };
    case "too_big":
      return { allowed: `at most ${issue.maximum}`, fix: "lower it" };
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
      return { allowed: issue.message, fix: "choose one of these forms" };
  }
}

/** The branch of a union that a value was meant for: the one whose type fits it. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every(({ path, code }) => path.length > 0 || !["invalid_type", "invalid_value"].includes(code)),
  );
}

function unknownKey(path: Path, key: string, known: string): ConfigIssue {
  const nearest = known
    .split(", ")
    .find((candidate) => leven(candidate.toLowerCase(), key.toLowerCase()) <= 2);
  return {
    path: settingPath(path),
    found: "a key that nothing reads",
    allowed: known,
    fix: nearest === undefined ? "take it out, or move it to where it belongs" : `did you mean ${nearest}?`,
  };
}

/** What stands at a path; undefined where the path leads nowhere. */
export function valueAt(config: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    config,
  );
}
