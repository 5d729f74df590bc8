import type { Cause } from "../core/causes.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";
import { describeAnswer } from "../probes/describe.ts";
import type { Answer, Reply } from "../probes/http.ts";
import { isDefaultRouter, isGatewayError, isSamePage } from "./replies.ts";

/** What a visitor gets, and what the Funnel answers without Cloudflare, to compare. */
export interface VisitAnswers {
  /** Undefined: the hostname has no address of Cloudflare. */
  readonly visit: Answer | undefined;
  readonly direct: Answer | undefined;
  /** Straight to the Funnel, with a Host that nobody serves. */
  readonly unknownHost: Answer | undefined;
  /** Straight to the Funnel, with its ts.net name as Host. */
  readonly funnelHost: Answer | undefined;
  readonly originLock: boolean;
}

/** Judges what a visitor gets through Cloudflare. */
export function judgeVisit(answers: VisitAnswers, now: Date): Outcome {
  const { visit } = answers;
  if (visit === undefined) return unknown("not tried: the hostname has no address of Cloudflare");
  const evidence = describeAnswer(visit, now);
  switch (visit.kind) {
    case "reply":
      return judgeReply(visit, answers, evidence);
    case "mute":
      return broken("edge-silent", evidence);
    case "garbled":
      return unknown(`something between this machine and Cloudflare answers: ${evidence}`);
    case "refused":
    case "unreachable":
    case "silent":
    case "alert":
    case "closed":
      return unknown(`this machine has no TLS connection to Cloudflare: ${evidence}`);
  }
}

function judgeReply(visit: Reply, answers: VisitAnswers, evidence: string): Outcome {
  const { status, headers } = visit;
  const stage = headers["edge-failure"];
  if (stage !== undefined) {
    const cause = WORKER_STAGES[stage];
    const seen = `${evidence}, the Worker names the stage ${stage}`;
    return cause === undefined ? unknown(seen) : broken(cause, seen);
  }
  const code = cloudflareCode(visit);
  const seen = code === undefined ? evidence : `${evidence}, Cloudflare's error ${code}`;
  const edgeCause = CLOUDFLARE_CODES[code ?? status];
  if (edgeCause !== undefined) return broken(edgeCause, seen);
  if (headers["cf-mitigated"] !== undefined || (code !== undefined && BLOCKED.has(code))) {
    return unknown(`Cloudflare's security settings stop this machine: ${seen}`);
  }
  if (code !== undefined) return broken("edge-error", seen);
  return judgeApplication(visit, answers, seen);
}

/** Judges an answer that comes from the cluster. */
function judgeApplication(visit: Reply, answers: VisitAnswers, evidence: string): Outcome {
  const { direct, unknownHost, funnelHost, originLock } = answers;
  // The lock gives every direct request the same answer, so there is no page to compare. If it is open, there is.
  const isLocked = originLock && direct?.kind === "reply" && direct.status === 403;
  if (visit.status === 421) return broken("misdirected-request", evidence);
  if (isLocked && visit.status === 403 && isSamePage(visit, direct)) {
    return broken("origin-lock-refuses-cloudflare", `${evidence}, the same page as without Cloudflare`);
  }
  const isOtherRouter = !isLocked && hasArrived(direct) && !isSamePage(visit, direct);
  if (isOtherRouter && !isSamePage(direct, funnelHost) && isSamePage(visit, funnelHost)) {
    return broken("host-overridden", `${evidence}, the page for the ts.net name as Host`);
  }
  if (isLocked ? isTraefikDefault(visit) : isDefaultRouter(visit, unknownHost)) {
    const cause = isOtherRouter ? "host-overridden" : "router-missing";
    return broken(cause, `${evidence}, the page of the default router`);
  }
  if (isGatewayError(visit)) {
    const cause = isGatewayError(unknownHost) ? "backend-unreachable" : "application-unavailable";
    return broken(cause, evidence);
  }
  if (visit.status >= 500) return broken("application-error", evidence);
  return ok(evidence);
}

/** Whether a request has reached what is behind the Funnel, answered or not. */
function hasArrived(answer: Answer | undefined): boolean {
  return answer?.kind === "reply" || answer?.kind === "mute" || answer?.kind === "garbled";
}

/** The text of Go's http.NotFound, which Traefik sends for a request without a router. */
function isTraefikDefault({ status, body }: Reply): boolean {
  return status === 404 && body === "404 page not found\n";
}

/** The number on Cloudflare's own error page: `error code: 1016`, in the body of every 1xxx error. */
function cloudflareCode({ status, body, headers }: Reply): number | undefined {
  if (headers["server"] !== "cloudflare" || status < 400) return undefined;
  const code = /\berror code: (1\d{3})\b|<title>[^<]*\bError (1\d{3})\b|\bcf-error-code">(1\d{3})</i.exec(
    body,
  );
  const digits = code?.slice(1).find(Boolean);
  return digits === undefined ? undefined : Number(digits);
}

/** https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ and …-1xxx-errors/ */
const CLOUDFLARE_CODES: Readonly<Partial<Record<number, Cause>>> = {
  520: "origin-response-invalid",
  521: "origin-refused",
  522: "origin-timeout",
  523: "origin-unreachable",
  524: "application-silent",
  525: "origin-handshake-failed",
  526: "origin-certificate-rejected",
  1000: "record-target-prohibited",
  1014: "record-target-prohibited",
  1016: "origin-unresolved",
  1001: "edge-unknown-hostname",
  1027: "worker-limit-reached",
  1101: "worker-failed",
  1102: "worker-failed",
};

/** Errors about the visitor: bans, rate limits, firewall rules. */
const BLOCKED: ReadonlySet<number> = new Set([1005, 1006, 1007, 1008, 1009, 1010, 1012, 1015, 1020]);

/** The stages in the header `edge-failure`, see worker/src/edge-failure.ts. */
const WORKER_STAGES: Readonly<Partial<Record<string, Cause>>> = {
  tcp: "worker-origin-unreachable",
  tls: "worker-origin-tls-failed",
  response: "worker-origin-response-invalid",
};
