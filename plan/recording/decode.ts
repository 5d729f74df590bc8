import { runtime } from "@pulumi/pulumi";

/** Replaces a value that is known only after the stack is applied. */
export const UNKNOWN = "[unknown until applied]";

/** Replaces a secret. */
export const SECRET = "[secret]";

/** Readable properties, decoded from the wire form. */
export interface DecodedProperties {
  /** Unknown values are {@link UNKNOWN}, secrets {@link SECRET}. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of the secrets: `stringData.client_secret`. */
  readonly secrets: readonly string[];
}

/**
 * Decodes the wire form of properties, in which the SDK marks unknown values and secrets. The keys of a
 * secret object stay visible: they show the shape of a manifest.
 */
export function decodeProperties(wire: Readonly<Record<string, unknown>>): DecodedProperties {
  const secrets: string[] = [];
  const decode = (value: unknown, path: string, secret: boolean): unknown => {
    if (runtime.isRpcSecret(value)) return decode(runtime.unwrapRpcSecret(value), path, true);
    if (Array.isArray(value)) return value.map((item, index) => decode(item, `${path}[${index}]`, secret));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, decode(item, path && `${path}.${key}`, secret)]),
      );
    }
    if (secret) {
      secrets.push(path);
      return SECRET;
    }
    return value === runtime.unknownValue ? UNKNOWN : value;
  };
  const values = Object.fromEntries(
    Object.entries(wire).map(([key, value]) => [key, decode(value, key, false)]),
  );
  return { values, secrets };
}
