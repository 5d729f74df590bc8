import type { Answer } from "../probes/http.ts";

/** Whether two answers come from the same place: a router's own page is the same text for every Host. */
export function isSamePage(one: Answer | undefined, other: Answer | undefined): boolean {
  return (
    one?.kind === "reply" &&
    other?.kind === "reply" &&
    one.status === other.status &&
    one.headers["content-type"] === other.headers["content-type"] &&
    one.body === other.body
  );
}

/** Whether an answer is the default router's: 404, and the same page as for a Host that nobody serves. */
export function isDefaultRouter(answer: Answer | undefined, unknownHost: Answer | undefined): boolean {
  return answer?.kind === "reply" && answer.status === 404 && isSamePage(answer, unknownHost);
}

/** Whether a proxy says that what it forwards to does not answer. */
export function isGatewayError(answer: Answer | undefined): boolean {
  return answer?.kind === "reply" && [502, 503, 504].includes(answer.status);
}
