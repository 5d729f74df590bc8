/** The step at which a request could go no further; also the value of the answer's `edge-failure` header. */
export type Hop = "request" | "tcp" | "tls" | "response";

const hopNames: Record<Hop, string> = {
  request: "Browser to Cloudflare: the request cannot be passed on",
  tcp: "Cloudflare to Tailscale Funnel: no TCP connection",
  tls: "Cloudflare to Tailscale Funnel: no TLS connection, or a certificate of another name",
  response: "Tailscale Funnel to the application: no valid HTTP response",
};

/** A request that failed at a known hop, with the status that the visitor gets: 400, 502 or 504. */
export class HopFailure extends Error {
  readonly hop: Hop;
  readonly status: number;

  constructor(hop: Hop, status: 400 | 502 | 504, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.hop = hop;
    this.status = status;
  }
}

/**
 * The page for a failed request. It names the hop, never the origin: whoever knows the ts.net name can go
 * around Cloudflare. The detail goes to the Worker's log.
 */
export function failurePage({ hop, status }: HopFailure): Response {
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${status}</title>
<h1>${status}</h1>
<p>${hopNames[hop]}.</p>
</html>
`;
  return new Response(page, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "edge-failure": hop,
    },
  });
}
