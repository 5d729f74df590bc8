import { plan, type Wanted } from "./planner.ts";
import { Retries, type Wait } from "./retries.ts";
import type { EntryPoint } from "./rule.ts";
import { ApiFailure, type RulesApi } from "./rules-api.ts";

/** More calls than any plan has: other writers undo this stack's calls as fast as it makes them. */
const MAX_CALLS = 1000;

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
 * Each call's answer is the whole entry point, and the next call is planned from it. If its version grew by more than
 * this call, somebody else writes too: their write may have been based on an older version, and have undone one of
 * these calls. So the entry point is read again at the end, until it needs no call.
 *
 * @throws ApiFailure if a call is refused, or fails for a temporary reason too often
 */
export async function applyRules({ api, zoneId, wanted, known, wait }: Application) {
  const { phase } = wanted;
  const retries = new Retries(wait);
  const read = () => retries.of(() => api.entryPoint(zoneId, phase));
  let live = known === undefined ? await read() : known.live;
  let isContended = false;
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const [next] = plan(live, wanted);
    if (next === undefined) {
      if (!isContended) return live;
      isContended = false;
      live = await read();
      continue;
    }
    const before = live;
    try {
      live = await api.carryOut(zoneId, phase, before, next);
      isContended ||= before !== undefined && Number(live.version) !== Number(before.version) + 1;
      retries.reset();
    } catch (error) {
      await retries.after(error);
      // The call may have been carried out, although there was no answer.
      live = await read();
    }
  }
  throw new ApiFailure(`other writers changed the rules of phase ${phase} during ${MAX_CALLS} calls`, {});
}
