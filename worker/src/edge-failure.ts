/** The stage at which a request failed; also the value of the response's `edge-failure` header. */
export type FailureStage = "request" | "tcp" | "tls" | "response";

const DESCRIPTIONS: Readonly<Record<FailureStage, string>> = {
  request: "Browser to Cloudflare: the request cannot be passed on",
  tcp: "Cloudflare to Tailscale Funnel: no TCP connection",
  tls: "Cloudflare to Tailscale Funnel: no TLS connection, or a certificate of another name",
  response: "Tailscale Funnel to the application: no valid HTTP response",
};

/** A request that failed at a known stage, with the status for the visitor: 400, 502 or 504. */
export class EdgeFailure extends Error {
  readonly stage: FailureStage;
  readonly status: number;

  constructor(stage: FailureStage, status: 400 | 502 | 504, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.stage = stage;
    this.status = status;
  }
}

/** A failure of the origin or of the connection to it, so that another origin may succeed. */
export class OriginFailure extends EdgeFailure {
  /** Whether the application may have received the request. */
  readonly mayBeProcessed: boolean;

  constructor(
    stage: FailureStage,
    status: 502 | 504,
    detail: string,
    cause: unknown,
    mayBeProcessed: boolean,
  ) {
    super(stage, status, detail, cause);
    this.mayBeProcessed = mayBeProcessed;
  }
}

/**
 * The page for a failed request. It names the stage, never the origin: anyone who knows the ts.net name can bypass
 * Cloudflare. The detail goes to the Worker's log.
 */
export function failurePage({ stage, status }: EdgeFailure): Response {
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${status}</title>
<h1>${status}</h1>
<p>${DESCRIPTIONS[stage]}.</p>
</html>
`;
  return new Response(page, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "edge-failure": stage,
    },
  });
}
