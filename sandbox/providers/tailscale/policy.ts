import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { z } from "zod";
import { ApiError } from "../../world/api.ts";

const strings = z.array(z.string());

const access = z.looseObject({
  action: z.literal("accept"),
  src: strings,
  dst: strings,
  proto: z.string().optional(),
});

const grant = z.looseObject({ src: strings, dst: strings, ip: strings.optional() });

const policyTest = z.looseObject({
  src: z.string(),
  proto: z.string().optional(),
  accept: strings.optional(),
  deny: strings.optional(),
});

/** The sections of a policy file (Tailscale, "Syntax reference for the tailnet policy file"). */
const schema = z.strictObject({
  acls: z.array(access).default([]),
  grants: z.array(grant).default([]),
  groups: z.record(z.string(), strings).default({}),
  hosts: z.record(z.string(), z.string()).default({}),
  tagOwners: z.record(z.string(), strings).default({}),
  nodeAttrs: z.array(z.looseObject({ target: strings, attr: strings.optional() })).default([]),
  tests: z.array(policyTest).default([]),
  autoApprovers: z.looseObject({ services: z.record(z.string(), strings).optional() }).optional(),
  defaultSrcPosture: z.unknown().optional(),
  derpMap: z.unknown().optional(),
  disableIPv4: z.unknown().optional(),
  ipsets: z.unknown().optional(),
  OneCGNATRoute: z.unknown().optional(),
  postures: z.unknown().optional(),
  randomizeClientPort: z.unknown().optional(),
  services: z.unknown().optional(),
  ssh: z.unknown().optional(),
  sshTests: z.unknown().optional(),
});

export type Policy = z.infer<typeof schema>;

/** Parses a policy. @throws ApiError 400 if the text is not HuJSON, or has an unknown section or shape */
export function parsePolicy(text: string): Policy {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors[0]) {
    throw new ApiError(
      400,
      `policy file is not HuJSON: ${printParseErrorCode(errors[0].error)} at offset ${errors[0].offset}`,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ApiError(400, `policy file: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}
