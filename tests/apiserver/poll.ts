import { setTimeout } from "node:timers/promises";

const INTERVAL_MS = 100;

/**
 * Calls `ask` every 100 ms until it returns a value, at most `attempts` times, and returns that value.
 *
 * @param what - completes the error message "gave up waiting for …"
 */
export async function poll<T>(what: string, attempts: number, ask: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await setTimeout(INTERVAL_MS);
  }
  throw new Error(`gave up waiting for ${what} after ${(attempts * INTERVAL_MS) / 1000} s`);
}
