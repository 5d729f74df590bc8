import { LiveError } from "../../live/live-error.ts";
import { TIME_LIMIT_MS, withinTimeLimit } from "../../live/time-limit.ts";
import { type Check, type Outcome, unknown } from "./check.ts";
import type { Result } from "./report.ts";

/** How many checks run at once: each may open two connections, and many systems allow a process 1,024 files. */
const AT_ONCE = 400;

/**
 * Runs checks side by side, and yields their results in the order of the checks, each as soon as it and the
 * ones before it have ended.
 *
 * @param checks - each after the checks that may explain it
 * @param limitMs - how long a check may take that has no limit of its own. A check that takes longer is `unknown`; the others go on.
 */
export async function* runChecks(
  checks: readonly Check[],
  limitMs: number = TIME_LIMIT_MS,
): AsyncGenerator<Result, void> {
  requireOrder(checks);
  const running = start(checks, limitMs);
  /** By the ID of a broken check: the ID of the check that explains it, or its own. */
  const roots = new Map<string, string>();
  for (const { check, ended } of running) {
    const { id, group, subject, title } = check;
    const { outcome, durationMs } = await ended;
    const { status, evidence } = outcome;
    const { explainedBy = check.explainedBy } = status === "broken" ? outcome : {};
    const isExplicable = status === "broken" || status === "unknown";
    const root = isExplicable ? explainedBy.map((other) => roots.get(other)).find(Boolean) : undefined;
    if (status === "broken") roots.set(id, root ?? id);
    yield {
      ...{ id, group, subject, title, status, evidence, durationMs },
      ...(root !== undefined && { consequenceOf: root }),
      ...(status === "broken" && root === undefined && { finding: outcome.finding }),
    };
  }
}

/** Starts the checks in their order. The time limit of one that has to wait for its turn begins when it starts. */
function start(
  checks: readonly Check[],
  limitMs: number,
): readonly { readonly check: Check; readonly ended: Promise<Ended> }[] {
  const waiting = checks.map((check) => ({ check, ...Promise.withResolvers<Ended>() }));
  const queue = waiting.values();
  // All lanes take from the same queue.
  const lane = async () => {
    for (const { check, resolve } of queue) resolve(await timed(check, check.limitMs ?? limitMs));
  };
  for (let count = 0; count < AT_ONCE; count += 1) void lane();
  return waiting.map(({ check, promise }) => ({ check, ended: promise }));
}

function requireOrder(checks: readonly Check[]): void {
  const places = new Map(checks.map(({ id }, place) => [id, place]));
  if (places.size < checks.length) throw new Error("two checks have the same ID");
  checks.forEach(({ id, explainedBy }, place) => {
    const late = explainedBy.find((other) => (places.get(other) ?? -1) >= place);
    if (late !== undefined) throw new Error(`check ${id} must come after ${late}, which explains it`);
  });
}

interface Ended {
  readonly outcome: Outcome;
  readonly durationMs: number;
}

async function timed(check: Check, limitMs: number): Promise<Ended> {
  const start = performance.now();
  const outcome = await outcomeOf(check, limitMs);
  return { outcome, durationMs: Math.round(performance.now() - start) };
}

async function outcomeOf({ subject, needs, run }: Check, limitMs: number): Promise<Outcome> {
  try {
    return await withinTimeLimit({ subject, permission: needs }, limitMs, run);
  } catch (error) {
    if (error instanceof LiveError)
      return unknown(`${error.issue.path}: ${error.issue.found}; fix: ${error.issue.fix}`);
    // One check that meets an answer it does not expect must not hide what the others found.
    return unknown(`the check itself failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
