import { type LiveCall, LiveError } from "./live-error.ts";

/** How long one call of a live system may take, in milliseconds. */
export const TIME_LIMIT_MS = 15_000;

/**
 * Ends a call after a time limit.
 *
 * The race is needed besides the signal: a credential plugin of a kubeconfig runs before the request, and observes none.
 *
 * @throws LiveError `timeout`
 */
export async function withinTimeLimit<T>(
  { subject }: LiveCall,
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const issue = {
        path: subject,
        found: `no answer within ${limitMs / 1000} seconds`,
        allowed: `an answer within ${limitMs / 1000} seconds`,
        fix: "check the address, and what blocks the connection without refusing it, such as a firewall",
      };
      reject(new LiveError("timeout", issue));
      controller.abort();
    }, limitMs);
  });
  try {
    return await Promise.race([call(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
