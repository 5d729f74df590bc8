import { isDeepStrictEqual } from "node:util";
import { isRecord, type Props } from "./values.ts";

/** One property that differs, as providers name it to the engine: `metadata.annotations["tailscale.com/tags"]`. */
export interface PropertyChange {
  readonly path: string;
  readonly kind: "ADD" | "DELETE" | "UPDATE" | "ADD_REPLACE" | "DELETE_REPLACE" | "UPDATE_REPLACE";
}

/** Lists the properties that differ, as deep as both values have the same shape. */
export function propertyChanges(before: unknown, after: unknown, path = ""): readonly PropertyChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    return keysOf(before, after).flatMap((key) => propertyChanges(before[key], after[key], join(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = before.length > after.length ? before : after;
    return longest.flatMap((_, index) => propertyChanges(before[index], after[index], `${path}[${index}]`));
  }
  if (before === undefined) return [{ path, kind: "ADD" }];
  return [{ path, kind: after === undefined ? "DELETE" : "UPDATE" }];
}

function keysOf(before: Props, after: Props): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function join(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
