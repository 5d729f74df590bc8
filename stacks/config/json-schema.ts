import { z } from "zod";
import { configSchema } from "./schema.ts";
import { KUBECONFIG, PROVIDER_SECRETS, SECRET_KEYS } from "./secrets.ts";

/**
 * The JSON Schema of a stack's file, by which editors check and complete it.
 *
 * It is made from the schema that the program itself checks with. What no single field shows (a hostname
 * without a zone, a name given twice) only the program can tell.
 */
export function stackFileSchema(): object {
  const { properties = {}, required = [] } = z.toJSONSchema(configSchema, { io: "input" });
  const known = [...Object.keys(properties), ...SECRET_KEYS];
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of tailnet-edge",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          ...prefixed(properties),
          ...prefixed(Object.fromEntries(SECRET_KEYS.map((key) => [key, ENCRYPTED]))),
          ...Object.fromEntries(PROVIDER_SECRETS.map((key) => [key, ENCRYPTED])),
          [KUBECONFIG.key]: { anyOf: [{ type: "string", pattern: KUBECONFIG.path.source }, ENCRYPTED] },
        },
        // Keys of the providers stand beside these; of our own only the known ones may.
        patternProperties: { [`^tailnet-edge:(?!(?:${known.join("|")})$)`]: false },
        required: required.map((key) => `tailnet-edge:${key}`),
      },
    },
    required: ["config"],
  };
}

const ENCRYPTED = {
  description: "Set it with pulumi config set --secret.",
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

function prefixed(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [`tailnet-edge:${key}`, schema]),
  );
}
