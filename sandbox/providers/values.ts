import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** Properties of a resource. */
export type Props = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value that is sent to the API: without the engine's secret wrappers. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (isSecret(value)) return plain(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Properties without the engine's secret wrappers. */
export function plainProps(props: Props): Props {
  return plain(props) as Props;
}

/** Wraps a value as secret: the engine encrypts it in the state and hides it in its output. */
export function asSecret(value: unknown): Props {
  return isSecret(value) ? value : { [specialSigKey]: specialSecretSig, value };
}

/** Marks as secret what was secret at the same path before. An API returns plain values. */
export function markSecret(fresh: unknown, before: unknown): unknown {
  if (isSecret(before)) return asSecret(plain(fresh));
  if (Array.isArray(fresh) && Array.isArray(before)) {
    return fresh.map((part, index) => markSecret(part, before[index]));
  }
  if (isRecord(fresh) && isRecord(before)) {
    return Object.fromEntries(
      Object.entries(fresh).map(([key, part]) => [key, markSecret(part, before[key])]),
    );
  }
  return fresh;
}

/** Whether a value or a part of it is unknown until another resource is created. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isRecord(value) && Object.values(value).some(holdsUnknown);
}

/** The value at a path such as `metadata.name`; undefined if there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === "object" && part !== null ? (part as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function isSecret(value: unknown): value is Props {
  return isRecord(value) && value[specialSigKey] === specialSecretSig;
}
