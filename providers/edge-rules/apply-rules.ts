import { type Call, plan, type Wanted } from "./planner.ts";
import { Retries, type Wait } from "./retries.ts";
import type { EntryPoint } from "./rule.ts";
import { ApiFailure, type RulesApi } from "./rules-api.ts";

/** How often writes of others may undo the calls, until this stack gives up. */
const MAX_UNDONE = 5;
/** More calls than any plan has: other writers undo this stack's calls as fast as it makes them. */
const MAX_CALLS = 1000;

/** Others undo a stack's calls as often as it makes them. */
export class RulesUndone extends Error {}

interface Application {
  readonly api: RulesApi;
  readonly zoneId: string;
  readonly wanted: Wanted;
  /** The entry point as it was a moment ago, or that there was none; undefined reads it first. */
  readonly known?: { readonly live: EntryPoint | undefined } | undefined;
  readonly wait: Wait;
}

/**
 * Makes a stack's rules what they shall be, one call after the other, and returns the entry point as it is then.
 *
 * Each call's answer is the whole entry point, and the next call is planned from it. After the last call, the entry point
 * is read: a write of somebody else who read it before these calls may have undone any of them. If it needs another
 * call, all of this starts again.
 *
 * @throws ApiFailure if a call is refused, or fails for a temporary reason too often
 * @throws RulesUndone if others undo the calls each time
 */
export async function applyRules({ api, zoneId, wanted, known, wait }: Application) {
  const { phase } = wanted;
  const retries = new Retries(wait);
  const read = () => retries.of(() => api.entryPoint(zoneId, phase));
  let live = known === undefined ? await read() : known.live;
  let undone = 0;
  for (let calls = 0, isWritten = false; calls < MAX_CALLS && undone <= MAX_UNDONE; calls += 1) {
    const [next] = plan(live, wanted);
    if (next === undefined) {
      if (!isWritten) return live;
      isWritten = false;
      live = newerOf(live, await read());
      if (plan(live, wanted).length > 0) undone += 1;
      continue;
    }
    try {
      live = await api.carryOut(zoneId, phase, live, next);
      isWritten = true;
      retries.reset();
    } catch (error) {
      const neighbour = neighbourOf(next);
      if (neighbour !== undefined && error instanceof ApiFailure && error.status === 400) {
        live = await read();
        // Only if somebody has just deleted the neighbour is the next plan another one.
        if (live?.rules.some(({ id }) => id === neighbour)) throw error;
        continue;
      }
      await retries.after(error);
      // The call may have been carried out, although there was no answer.
      live = await read();
    }
  }
  throw new RulesUndone("other writers undo this stack's changes each time that it makes them");
}

/** The ID of the rule next to which a call places one. */
function neighbourOf(call: Call): string | undefined {
  const position = "position" in call ? call.position : undefined;
  return position && ("before" in position ? position.before : position.after);
}

/** The API does not promise that a read sees the last write. A version that is older than its answer says nothing. */
function newerOf(answered: EntryPoint | undefined, read: EntryPoint | undefined): EntryPoint | undefined {
  const isOlder =
    answered !== undefined && read?.id === answered.id && Number(read.version) < Number(answered.version);
  return isOlder ? answered : read;
}
