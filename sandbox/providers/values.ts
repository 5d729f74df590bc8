import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** Properties of a resource. */
export type Props = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Values as the simulated API gets them: without the engine's marks of secrecy. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (isSealed(value)) return plain(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Properties without the engine's marks of secrecy. */
export function plainProps(props: Props): Props {
  return plain(props) as Props;
}

/** Marks a value as secret: the engine encrypts it in the state and hides it in its display. */
export function sealed(value: unknown): Props {
  return isSealed(value) ? value : { [specialSigKey]: specialSecretSig, value };
}

/** Marks as secret what was secret at the same place before: a value read back from an API carries no mark. */
export function resealed(fresh: unknown, before: unknown): unknown {
  if (isSealed(before)) return sealed(plain(fresh));
  if (Array.isArray(fresh) && Array.isArray(before)) {
    return fresh.map((part, index) => resealed(part, before[index]));
  }
  if (isRecord(fresh) && isRecord(before)) {
    return Object.fromEntries(Object.entries(fresh).map(([key, part]) => [key, resealed(part, before[key])]));
  }
  return fresh;
}

/** Whether a value, or a part of it, is only known once some other resource is made. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isRecord(value) && Object.values(value).some(holdsUnknown);
}

/** What stands at a path such as `metadata.name`; undefined if nothing does. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === "object" && part !== null ? (part as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function isSealed(value: unknown): value is Props {
  return isRecord(value) && value[specialSigKey] === specialSecretSig;
}
