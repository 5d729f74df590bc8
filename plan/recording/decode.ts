import { runtime } from "@pulumi/pulumi";

/** Stands for a value that is known only once the stack is applied. */
export const UNKNOWN = "[unknown until applied]";

/** Stands for a secret. */
export const SECRET = "[secret]";

/** Properties as they went over the wire, made readable. */
export interface DecodedProperties {
  /** With {@link UNKNOWN} and {@link SECRET} in place of what cannot and what must not be shown. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of the secrets: `stringData.client_secret`. */
  readonly secrets: readonly string[];
}

/**
 * Decodes the wire form of properties, in which unknowns and secrets carry the SDK's own marks. Of a secret
 * object the keys are shown: they are the shape of a manifest.
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
