import { z } from "zod";
import { configSchema } from "./config-schema.ts";
import { KUBECONFIG, PROVIDER_SECRETS, SECRET_KEYS } from "./secrets.ts";

/**
 * The JSON Schema of a stack's file, with which editors check and complete it.
 *
 * It is generated from the schema that the program uses. JSON Schema has no form for rules across fields (a
 * hostname without a zone, a repeated name), so only the program reports those.
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
        // Allows the providers' keys, but no unknown key of this namespace.
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
