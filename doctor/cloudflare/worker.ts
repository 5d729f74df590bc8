import { broken, ok, type Outcome } from "../core/check.ts";

/** A Worker route, as far as it is read. A route without a script turns Workers off for its pattern. */
export interface LiveRoute {
  readonly pattern: string;
  readonly script?: string | undefined;
}

export function workerOutcome(scripts: readonly string[], name: string): Outcome {
  return scripts.includes(name) ? ok("uploaded") : broken("worker-missing", `no Worker ${name}`);
}

/**
 * Whether all requests of a hostname run the stack's Worker. The most specific pattern wins (Cloudflare, "Routes:
 * matching behavior"), so a route for a part of the paths takes these from it.
 */
export function workerRouteOutcome(routes: readonly LiveRoute[], host: string, script: string): Outcome {
  const own = routes.filter(({ pattern }) => hostOf(pattern) === host);
  const other = own.find((route) => route.script !== script);
  if (other) return broken("worker-route-elsewhere", `${other.pattern} runs ${other.script ?? "no Worker"}`);
  const whole = own.find(({ pattern }) => pattern.endsWith(`${host}/*`));
  if (whole) return ok(`${whole.pattern} runs ${script}`);
  return broken("worker-route-missing", `no route ${host}/*`);
}

function hostOf(pattern: string): string {
  return pattern.replace(/^[^/]*:\/\//, "").split("/")[0] ?? "";
}
