import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";

/**
 * What the Funnel's proxy does with a request before it passes it on to Traefik: it removes `Connection` and the headers
 * that it names, and then sets its own (module tailscale.com v1.96.5, `ipn/ipnlocal/serve.go`, which uses Go's
 * `httputil.ReverseProxy` with `Rewrite`).
 *
 * @param port - of Traefik's TLS entry point on loopback
 */
export function funnelProxy(port: number): RequestListener {
  return (request, response) => {
    const passed = httpsRequest({
      host: "127.0.0.1",
      port,
      method: request.method,
      path: request.url,
      headers: [...endToEnd(request), "Tailscale-Funnel-Request", "?1"],
      setHost: false,
      agent: false,
      // The proxy accepts any certificate of its backend.
      rejectUnauthorized: false,
    });
    passed.on("response", (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    passed.on("error", () => {
      fail(response);
    });
    pipeline(request, passed, () => undefined);
  };
}

/** Names and values in turn, as Node sends them. */
function endToEnd({ rawHeaders, headers }: IncomingMessage): readonly string[] {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const removed = new Set(["connection", "tailscale-funnel-request", ...named]);
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !removed.has(name.toLowerCase()) ? [name, rawHeaders[index + 1] ?? ""] : [],
  );
}

function fail(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(502);
  response.end();
}
