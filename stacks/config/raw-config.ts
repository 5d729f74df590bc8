import * as pulumi from "@pulumi/pulumi";
import { configSchema } from "./config-schema.ts";
import { type RawConfig, SECRET_KEYS } from "./secrets.ts";

const NAMESPACE = "tailnet-edge:";

export function readRawConfig(): RawConfig {
  // The SDK's types leave it out. Nothing else distinguishes an encrypted value from plain text.
  const { isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
    isConfigSecret: (key: string) => boolean;
  };
  return { values: pulumi.runtime.allConfig(), isSecret: isConfigSecret };
}

/**
 * The namespace's keys except the secrets, parsed from the texts.
 *
 * An encrypted value is null, which no key allows: an issue would show the value, and a rule would take a missing
 * key for one that is not set.
 */
export function plainValues({ values, isSecret }: RawConfig): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(NAMESPACE))
      .map(([key, text]): [string, unknown] => [
        key.slice(NAMESPACE.length),
        isSecret(key) ? null : parseJson(text),
      ])
      .filter(([key, value]) => !(SECRET_KEYS as readonly string[]).includes(key) && !isUnset(key, value)),
  );
}

/** Pulumi.yaml sets an optional key to an empty object by default. For any other key, that is a mistake. */
function isUnset(key: string, value: unknown): boolean {
  const field = Object.entries(configSchema.shape).find(([name]) => name === key)?.[1];
  return JSON.stringify(value) === "{}" && field?.safeParse(undefined).success === true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
