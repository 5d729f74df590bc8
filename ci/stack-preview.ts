import { join } from "node:path";
import { execa } from "execa";
import { redacted } from "../live/redacted.ts";
import { planOperations } from "./report/plan-operations.ts";
import { readPreview } from "./report/preview-operations.ts";
import { type StackPlan, stackPlan } from "./report/stack-plan.ts";
import type { StackReport } from "./report/stack-report.ts";
import { hasStack } from "./repository.ts";

export interface PreviewRequest {
  readonly stack: string;
  /** The project's folder, with the change. */
  readonly folder: string;
  /** The same project before the change. */
  readonly base: string;
  /** Without credentials: the operations follow from the two plans. */
  readonly offline: boolean;
}

/** Plans a stack before and after a change, and previews it. A failure is part of the report. */
export async function reportStack({ stack, folder, base, offline }: PreviewRequest): Promise<StackReport> {
  const before = await planOf(base, stack);
  const after = await planOf(folder, stack);
  const plans = { base: before.plan ?? null, head: after.plan ?? null };
  if (after.error !== undefined) {
    return { stack, ...plans, preview: { kind: "failed", message: redacted(after.error) } };
  }
  const warnings = [...unplanned(before.error), ...removed(stack, after.plan)];
  if (offline || after.plan === undefined) {
    const operations = planOperations(plans.base, plans.head);
    return { stack, ...plans, preview: { kind: "offline", operations, warnings } };
  }
  const preview = await runPreview(folder, stack);
  return {
    stack,
    ...plans,
    preview: preview.kind === "done" ? { ...preview, warnings: [...warnings, ...preview.warnings] } : preview,
  };
}

function unplanned(error: string | undefined): readonly string[] {
  if (error === undefined) return [];
  return [`the stack cannot be planned before the change, so everything counts as new:\n${redacted(error)}`];
}

function removed(stack: string, plan: StackPlan | undefined): readonly string[] {
  return plan === undefined
    ? [
        `Pulumi.${stack}.yaml is removed, and the stack is not: run pulumi destroy first, from a commit that has the file`,
      ]
    : [];
}

/** The offline plan of a stack; neither plan nor error if the folder has no such stack. */
async function planOf(folder: string, stack: string): Promise<{ plan?: StackPlan; error?: string }> {
  if (!hasStack(folder, stack)) return {};
  const { stdout, stderr, exitCode } = await execa({ cwd: folder, reject: false })(process.execPath, [
    join(folder, "plan", "main.ts"),
    `--stack=${stack}`,
    "--format=json",
  ]);
  if (exitCode !== 0) return { error: stderr };
  return { plan: stackPlan.parse(JSON.parse(stdout)) };
}

/**
 * Runs `pulumi preview` with the credentials of the environment.
 *
 * @param options - further options of the command
 */
export async function runPreview(
  folder: string,
  stack: string,
  options: readonly string[] = [],
): Promise<StackReport["preview"]> {
  const run = execa({ cwd: folder, reject: false, stdin: "ignore" });
  const command = ["preview", "--json", "--non-interactive", "--stack", stack, ...options];
  const { stdout, stderr, exitCode, code } = await run("pulumi", command);
  if (code === "ENOENT") return { kind: "failed", message: "the command pulumi was not found on PATH" };
  const { errors, ...result } = readOr(stdout);
  if (exitCode === 0 && errors.length === 0) {
    return {
      kind: "done",
      operations: result.operations.map(withoutSecrets),
      warnings: result.warnings.map(redacted),
    };
  }
  const message = [...errors, stderr].filter((part) => part.trim() !== "").join("\n");
  return { kind: "failed", message: redacted(message) };
}

/** A preview that fails early prints no document. */
function readOr(stdout: string): ReturnType<typeof readPreview> {
  try {
    return readPreview(stdout);
  } catch {
    return { operations: [], warnings: [], errors: ["pulumi preview printed no result"] };
  }
}

function withoutSecrets(operation: ReturnType<typeof readPreview>["operations"][number]) {
  const changes = operation.changes.map(({ path, before, after }) => ({
    path,
    ...(before !== undefined && { before: redacted(before) }),
    ...(after !== undefined && { after: redacted(after) }),
  }));
  return { ...operation, changes };
}
