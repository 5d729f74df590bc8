import { OriginFailure } from "./edge-failure.ts";
import type { Origin, Settings } from "./settings.ts";

/** How long an origin that failed is tried after the others. */
const BROKEN_MS = 5000;

/** Kept as long as the runtime keeps the script in memory, for all requests. */
const brokenUntil = new Map<string, number>();

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a request may be sent again although the application may have received it. */
export function isRepeatable({ method, body }: Request): boolean {
  return SAFE_METHODS.has(method) && body === null;
}

/** One try to send a request. */
export interface Attempt {
  readonly origin: Origin;
  /** Milliseconds for TCP and TLS together. */
  readonly connectTimeout: number;
  /** Whether another origin gets the request if this one fails although the application may have received it. */
  readonly canRepeat: boolean;
}

/**
 * Sends a request to the first healthy origin. The next one gets the request if an attempt throws an OriginFailure and
 * the request may be sent again. All connections together may take `connectTimeout`; after that, no origin is tried.
 */
export async function failOver<T>(
  request: Request,
  { origins, connectTimeout }: Settings,
  send: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const end = Date.now() + connectTimeout;
  const ordered = healthyFirst(origins);
  for (const [index, origin] of ordered.entries()) {
    const left = end - Date.now();
    const hasNext = index + 1 < ordered.length;
    const canRepeat = hasNext && isRepeatable(request);
    try {
      return await send({ origin, connectTimeout: left / (ordered.length - index), canRepeat });
    } catch (error) {
      if (!(error instanceof OriginFailure)) throw error;
      markBroken(origin);
      if (!hasNext || Date.now() >= end || (error.mayBeProcessed && !canRepeat)) throw error;
      console.warn(
        `${origin.hostname}: ${error.stage}: ${error.message}; trying the next origin`,
        error.cause,
      );
    }
  }
  throw new Error("binding ORIGIN has no origin");
}

/** Tries the origin after the others for some seconds. */
export function markBroken({ hostname, port }: Origin): void {
  brokenUntil.set(`${hostname}:${port}`, Date.now() + BROKEN_MS);
}

function healthyFirst(origins: readonly Origin[]): readonly Origin[] {
  const isBroken = ({ hostname, port }: Origin) => (brokenUntil.get(`${hostname}:${port}`) ?? 0) > Date.now();
  return [...origins.filter((origin) => !isBroken(origin)), ...origins.filter(isBroken)];
}
