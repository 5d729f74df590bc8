import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { z } from "zod";
import { ApiError } from "../../world/api.ts";
import { failedTests } from "./policy-tests.ts";

const texts = z.array(z.string());

const access = z.looseObject({
  action: z.literal("accept"),
  src: texts,
  dst: texts,
  proto: z.string().optional(),
});

const grant = z.looseObject({ src: texts, dst: texts, ip: texts.optional() });

const policyTest = z.looseObject({
  src: z.string(),
  proto: z.string().optional(),
  accept: texts.optional(),
  deny: texts.optional(),
});

/** The sections of a policy file (Tailscale, "Syntax reference for the tailnet policy file"). */
const schema = z.strictObject({
  acls: z.array(access).default([]),
  grants: z.array(grant).default([]),
  groups: z.record(z.string(), texts).default({}),
  hosts: z.record(z.string(), z.string()).default({}),
  tagOwners: z.record(z.string(), texts).default({}),
  nodeAttrs: z.array(z.looseObject({ target: texts, attr: texts.optional() })).default([]),
  tests: z.array(policyTest).default([]),
  autoApprovers: z.looseObject({ services: z.record(z.string(), texts).optional() }).optional(),
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

/** @throws ApiError 400 if the text is no HuJSON, or has a section or a shape that Tailscale does not know */
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

/**
 * Takes a policy as the API does on every write: all tags must be declared, all groups and hosts known, and
 * the policy's own tests must pass.
 *
 * @throws ApiError 400, with the failed tests as the API lists them
 */
export function acceptPolicy(text: string): void {
  const policy = parsePolicy(text);
  const unknown = mentioned(policy).find((name) => !isKnown(policy, name));
  if (unknown !== undefined)
    throw new ApiError(400, `policy file: ${kindOf(unknown)} not found: "${unknown}"`);
  const failed = failedTests(policy);
  if (failed.length > 0) throw new ApiError(400, `test(s) failed: ${failed.join("; ")}`);
}

/** Tags and groups wherever the policy names one. */
function mentioned({ acls, autoApprovers, grants, nodeAttrs, tagOwners, tests }: Policy): string[] {
  const names = [
    ...acls.flatMap(({ src, dst }) => [...src, ...dst.map(withoutPorts)]),
    ...grants.flatMap(({ src, dst }) => [...src, ...dst]),
    ...Object.entries(autoApprovers?.services ?? {}).flatMap(([served, by]) => [served, ...by]),
    ...nodeAttrs.flatMap(({ target }) => target),
    ...Object.values(tagOwners).flat(),
    ...tests.flatMap(({ src, accept = [], deny = [] }) => [src, ...[...accept, ...deny].map(withoutPorts)]),
  ];
  return [...Object.keys(tagOwners), ...names].filter((name) => /^(tag|group):/.test(name));
}

function isKnown({ tagOwners, groups }: Policy, name: string): boolean {
  return name in tagOwners || name in groups;
}

function kindOf(name: string): string {
  return name.startsWith("tag:") ? "tag" : "group";
}

function withoutPorts(target: string): string {
  return target.slice(0, target.lastIndexOf(":"));
}
