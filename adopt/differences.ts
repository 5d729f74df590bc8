import { isDeepStrictEqual } from "node:util";
import { SECRET, UNKNOWN } from "../plan/recording/decode.ts";

/** A field that an update changes. */
export interface Difference {
  /** In the engine's notation: `metadata.annotations["tailscale.com/tags"]`, `spec.tls[0].hosts`. */
  readonly path: string;
  /** Undefined if the live object lacks the field. */
  readonly live: unknown;
  readonly wanted: unknown;
}

/**
 * The wanted fields that a live object lacks or has with another value. Other fields of the live object, values that
 * are known only after an update, and secrets are not compared.
 */
export function differences(wanted: unknown, live: unknown, path = ""): readonly Difference[] {
  if (wanted === undefined || isUnknown(wanted) || isDeepStrictEqual(wanted, live)) return [];
  if (Array.isArray(wanted) && Array.isArray(live) && wanted.length === live.length) {
    return wanted.flatMap((item, index) => differences(item, live[index], `${path}[${index}]`));
  }
  if (isRecord(wanted) && (isRecord(live) || live === undefined)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      differences(value, live?.[key], within(path, key)),
    );
  }
  return [{ path, live, wanted }];
}

/** `spec.type: "ClusterIP" -> "LoadBalancer"`. */
export function differenceLine({ path, live, wanted }: Difference): string {
  // The live value of a list with a secret in it has the secret too.
  if (JSON.stringify(wanted).includes(SECRET)) return `${path}: changes, and holds a secret`;
  const before = live === undefined ? "nothing" : JSON.stringify(live);
  return `${path}: ${before} -> ${JSON.stringify(wanted)}`;
}

/** Whether a path is a listed one, or is below one: `spec` covers `spec.tls[0]`. */
export function isCovered(path: string, listed: readonly string[]): boolean {
  return listed.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
}

/** Whether a value, or the text that contains it, is known only after an update. */
function isUnknown(value: unknown): boolean {
  return typeof value === "string" && (value.includes(UNKNOWN) || value.includes(SECRET));
}

function within(path: string, key: string): string {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
