import { z } from "zod";
import type { StackOperation } from "./stack-report.ts";

const state = z.object({ inputs: z.unknown().optional(), outputs: z.unknown().optional() });

/** The part of the output of `pulumi preview --json` that a report needs. */
const previewJson = z.object({
  steps: z
    .array(
      z.object({
        op: z.string(),
        urn: z.string(),
        oldState: state.optional(),
        newState: state.optional(),
        detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .default([]),
  diagnostics: z
    .array(z.object({ message: z.string().default(""), severity: z.string().default("") }))
    .default([]),
});

export interface PreviewResult {
  readonly operations: StackOperation[];
  readonly warnings: string[];
  readonly errors: string[];
}

/** Steps that change nothing. */
const WITHOUT_CHANGE = ["same", "read", "refresh"];
/** Steps of a replacement, which its step `replace` announces already. */
const PARTS_OF_REPLACEMENT = [
  "create-replacement",
  "delete-replaced",
  "read-replacement",
  "discard-replaced",
];
const HIDDEN = [...WITHOUT_CHANGE, ...PARTS_OF_REPLACEMENT];

/**
 * Reads what `pulumi preview --json` printed. Pulumi has replaced secrets with `[secret]`.
 *
 * @throws if the text is not that document
 */
export function readPreview(json: string): PreviewResult {
  const { steps, diagnostics } = previewJson.parse(JSON.parse(json));
  const messages = (severity: string) =>
    diagnostics.filter((one) => one.severity === severity).map(({ message }) => plainText(message));
  return {
    // The engine announces independent steps in any order.
    operations: steps
      .filter(({ op, urn }) => !HIDDEN.includes(op) && !typeOf(urn).startsWith("tailnet-edge:"))
      .filter(({ urn }) => !typeOf(urn).startsWith("pulumi:"))
      .map(({ op, urn, oldState, newState, detailedDiff }) => ({
        op,
        type: shortType(typeOf(urn)),
        name: urn.split("::").at(-1) ?? urn,
        changes: Object.keys(detailedDiff ?? {}).map((path) => ({
          path,
          ...(valueText(oldState, path) !== undefined && { before: valueText(oldState, path) }),
          ...(valueText(newState, path) !== undefined && { after: valueText(newState, path) }),
        })),
      }))
      .toSorted((one, other) => compareText(one.name, other.name) || compareText(one.type, other.type)),
    warnings: messages("warning"),
    errors: messages("error"),
  };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Removes the engine's colour markup, such as `<{%reset%}>`. */
function plainText(message: string): string {
  return message.replaceAll(/<\{%.*?%\}>/g, "").trim();
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** `cloudflare:index/dnsRecord:DnsRecord` as `DnsRecord`. */
export function shortType(type: string): string {
  return type.split(":").at(-1) ?? type;
}

function valueText(
  state: { inputs?: unknown; outputs?: unknown } | undefined,
  path: string,
): string | undefined {
  const value = valueAt(state?.inputs, path) ?? valueAt(state?.outputs, path);
  return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
}

/** Reads a path of a detailed diff: `spec.rules[0].host`, `data["a.b"]`. */
function valueAt(value: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
  return keys.reduce<unknown>(
    (part, [, quoted, index, name]) =>
      typeof part === "object" && part !== null
        ? (part as Readonly<Record<string, unknown>>)[quoted ?? index ?? name ?? ""]
        : undefined,
    value,
  );
}
