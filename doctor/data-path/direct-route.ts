import type { Cause } from "../core/causes.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";
import { describeAnswer } from "../probes/describe.ts";
import type { Answer } from "../probes/http.ts";
import { isDefaultRouter, isGatewayError } from "./replies.ts";

/** Answers of the Funnel to requests that do not pass Cloudflare. */
export interface DirectAnswers {
  /** With the public hostname as Host. Undefined: there is no address to connect to. */
  readonly hostname: Answer | undefined;
  /** With a Host that nobody serves. */
  readonly unknownHost: Answer | undefined;
}

/**
 * Judges how Traefik routes the hostname, from a request straight to the Funnel: the Funnel must reach Traefik, and
 * Traefik must have a router for the Host.
 */
export function judgeDirectRoute({ hostname, unknownHost }: DirectAnswers, now: Date): Outcome {
  const failure = judgeArrival({ hostname, unknownHost }, now);
  if (failure) return failure;
  const evidence = describeBoth(hostname, unknownHost, now);
  return isDefaultRouter(hostname, unknownHost) ? broken("router-missing", evidence) : ok(evidence);
}

/**
 * Judges the origin lock: a request straight to the Funnel, without Cloudflare's secret, must get 403. An answer of the
 * application, or its silence, proves that the lock has let the request pass.
 */
export function judgeOriginLock({ hostname, unknownHost }: DirectAnswers, now: Date): Outcome {
  const failure = judgeArrival({ hostname, unknownHost }, now);
  const isBeforeRouters = failure?.status !== "broken" || BEFORE_ROUTERS.has(failure.finding.cause);
  if (failure && isBeforeRouters) return failure;
  const evidence = describeBoth(hostname, unknownHost, now);
  const isLocked = hostname?.kind === "reply" && hostname.status === 403;
  return isLocked ? ok(evidence) : broken("origin-lock-open", evidence);
}

/** Failures of a request before Traefik has chosen a router. */
const BEFORE_ROUTERS: ReadonlySet<string> = new Set<Cause>([
  "misdirected-request",
  "backend-unreachable",
  // Traefik itself always answers with HTTP.
  "application-not-http",
]);

/** Whether the request arrives at a router and an application. @returns undefined if it does */
function judgeArrival({ hostname, unknownHost }: DirectAnswers, now: Date): Outcome | undefined {
  if (hostname === undefined) return unknown("not tried: the ts.net name has no public address");
  const evidence = describeBoth(hostname, unknownHost, now);
  switch (hostname.kind) {
    case "reply":
      if (hostname.status === 421) return broken("misdirected-request", evidence);
      if (isGatewayError(hostname)) {
        // A Host that no router knows needs no application: its answer tells whether Traefik itself is reached.
        return broken(
          isGatewayError(unknownHost) ? "backend-unreachable" : "application-unavailable",
          evidence,
        );
      }
      return undefined;
    case "mute":
      return broken("application-silent", evidence);
    case "garbled":
      return broken("application-not-http", evidence);
    case "refused":
    case "unreachable":
    case "silent":
    case "alert":
    case "closed":
      return unknown(`the Funnel does not answer this machine: ${evidence}`);
  }
}

function describeBoth(hostname: Answer | undefined, unknownHost: Answer | undefined, now: Date): string {
  const [own, other] = [hostname, unknownHost].map((answer) =>
    answer === undefined ? "not tried" : describeAnswer(answer, now),
  );
  return `with the hostname as Host: ${own ?? ""}; with a Host that nobody serves: ${other ?? ""}`;
}
