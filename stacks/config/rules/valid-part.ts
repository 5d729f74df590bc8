import { type Issue, meantIssues, unknownKeys, valueAt } from "../issue-from-zod.ts";

/**
 * A value in which each invalid part is null. An absent part is undefined, so that a rule can tell the two apart.
 *
 * Null is free for this: no field of a configuration allows it.
 */
export type ValidPart<T> = T extends readonly (infer Entry)[]
  ? readonly (ValidPart<Entry> | null)[]
  : T extends object
    ? { readonly [Key in keyof T]: ValidPart<T[Key]> | null }
    : T;

/** Sets to null what the issues say is invalid. */
export function validPart<T>(value: T, issues: readonly Issue[]): ValidPart<T> {
  const copy = structuredClone(value);
  for (const path of issues.flatMap(meantIssues).flatMap(invalidPaths)) {
    const parent = valueAt(copy, path.slice(0, -1));
    const key = path.at(-1);
    if (typeof parent === "object" && parent !== null && key !== undefined) {
      (parent as Record<PropertyKey, unknown>)[key] = null;
    }
  }
  return copy as ValidPart<T>;
}

function invalidPaths(issue: Issue): readonly (readonly PropertyKey[])[] {
  if (issue.code === "unrecognized_keys") {
    // A misspelled key leaves the intended one absent, which must not look like a choice.
    return unknownKeys(issue).flatMap(({ nearest }) =>
      nearest === undefined ? [] : [[...issue.path, nearest]],
    );
  }
  // Without a valid `kind`, zod checks no other field of the object.
  const isKind = issue.code === "invalid_union" && issue.discriminator !== undefined;
  return [isKind ? issue.path.slice(0, -1) : issue.path];
}
