import { ApiFailure } from "./rules-api.ts";

/** How often a call that failed for a temporary reason is made again, before the failure is reported. */
const MAX_RETRIES = 4;
const FIRST_WAIT_MS = 250;
/** Cloudflare's limit of requests is per five minutes. */
const MAX_WAIT_MS = 300_000;

/** Waits that many milliseconds. */
export type Wait = (ms: number) => Promise<unknown>;

/** Counts failures in a row, and waits longer after each. */
export class Retries {
  readonly #wait: Wait;
  #failures = 0;

  constructor(wait: Wait) {
    this.#wait = wait;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Waits before the next attempt. @throws the error if there is none */
  async after(error: unknown): Promise<void> {
    if (!(error instanceof ApiFailure) || !isRetried(error) || this.#failures >= MAX_RETRIES) throw error;
    await this.#wait(error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
  }

  async of<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        await this.after(error);
      }
    }
  }
}

/** Cloudflare refuses a second entry point of a phase: somebody else has just created it. */
const ENTRY_POINT_EXISTS = 20_217;

function isRetried({ isTemporary, status, codes, retryAfterMs = 0 }: ApiFailure): boolean {
  // 404: the rule or the entry point of the plan is gone.
  return (isTemporary || status === 404 || codes.includes(ENTRY_POINT_EXISTS)) && retryAfterMs <= MAX_WAIT_MS;
}
