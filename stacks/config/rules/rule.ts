import type { ConfigIssue } from "../../../components/config-issue.ts";
import type { PlainConfig } from "../schema.ts";
import type { ValidPart } from "./valid-part.ts";

/** Where a setting is in the configuration: `["publicEdge", "hostnames", 1]`. */
export type Path = readonly (string | number)[];

export interface RuleIssue extends Omit<ConfigIssue, "path"> {
  readonly path: Path;
}

/** A configuration in which each invalid part is null. */
export type ConfigPart = ValidPart<PlainConfig>;

/**
 * A rule that no single field shows.
 *
 * It reports nothing where a field that it reads is null: the schema reports that field already.
 */
export type Rule = (config: ConfigPart) => readonly RuleIssue[];

/** A private service in which each invalid part is null. */
export type ServicePart = NonNullable<NonNullable<ConfigPart["privateServices"]>[number]>;

/** The list, or undefined if it or one of its entries is invalid or absent. */
export function complete<T>(
  list: readonly (T | null | undefined)[] | null | undefined,
): readonly T[] | undefined {
  return list?.every((entry) => entry !== null && entry !== undefined) === true ? list : undefined;
}
