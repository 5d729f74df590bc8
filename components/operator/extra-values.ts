import { isDeepStrictEqual } from "node:util";
import { OWN_VARIABLES, type OwnValue } from "./own-values.ts";

/** Values of the chart, as Helm reads them. */
export type Values = Readonly<Record<string, unknown>>;

/** A value of `operator.values` that contradicts another setting. */
export interface Contradiction {
  /** Path in the values. It ends early where a map would have to be. */
  readonly path: readonly (string | number)[];
  readonly found: unknown;
  /** The other setting, and the value that it has; undefined if no other value can agree with the setting. */
  readonly setting: string;
  readonly value: unknown;
}

/** Merges the stack's values over further ones, as Helm does: maps by key, any other value as a whole. */
export function mergeValues<Own extends object>(extra: Values, own: Own): Values & Own {
  const merged = Object.entries(own).map(([key, value]: [string, unknown]) => {
    const other = extra[key];
    return [key, isMap(value) && isMap(other) ? mergeValues(other, value) : value];
  });
  return { ...extra, ...Object.fromEntries(merged) } as Values & Own;
}

/** Lists the values that contradict the stack's own. A value that agrees is no contradiction. */
export function contradictions(extra: Values, own: readonly OwnValue[]): readonly Contradiction[] {
  const byPath = own.flatMap(({ path, setting, value }): readonly Contradiction[] => {
    const found = reached(extra, path);
    if (found === undefined) return [];
    const isWhole = found.path.length === path.length;
    if (isWhole && value !== undefined && isDeepStrictEqual(found.value, value)) return [];
    return [{ path: found.path, found: found.value, setting, value: isWhole ? value : undefined }];
  });
  // A text in place of a map contradicts several settings; one issue is enough.
  const distinct = byPath.filter(
    ({ path }, index) => byPath.findIndex((other) => isDeepStrictEqual(other.path, path)) === index,
  );
  return [...distinct, ...variableContradictions(extra)];
}

function variableContradictions(extra: Values): readonly Contradiction[] {
  const path = ["operatorConfig", "extraEnv"];
  const variables = reached(extra, path)?.value;
  return (Array.isArray(variables) ? variables : []).flatMap((variable: unknown, index) => {
    const name = isMap(variable) ? variable["name"] : undefined;
    const setting = typeof name === "string" ? OWN_VARIABLES[name] : undefined;
    return setting === undefined ? [] : [{ path: [...path, index], found: name, setting, value: undefined }];
  });
}

/** The value at a path, or the value on its way that is no map. Undefined if there is neither. */
function reached(
  values: Values,
  path: readonly string[],
): { readonly path: readonly string[]; readonly value: unknown } | undefined {
  const [key = "", ...rest] = path;
  if (!(key in values)) return undefined;
  const value = values[key];
  if (rest.length === 0 || !isMap(value)) return { path: [key], value };
  const inner = reached(value, rest);
  return inner && { ...inner, path: [key, ...inner.path] };
}

/** Whether a value is a map of the chart's values, and not an output of Pulumi. */
function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
