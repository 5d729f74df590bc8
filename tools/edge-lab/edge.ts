import { once } from "node:events";
import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { checkServerIdentity, connect, createSecureContext, type TLSSocket } from "node:tls";
import type { Identity } from "../worker-lab/certificates.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback-server.ts";

/** What Cloudflare's edge knows about the hostnames of a zone. */
export interface EdgeSettings {
  /** The certificate that visitors see, by hostname. Undefined: the edge has none for it. */
  readonly identities: ReadonlyMap<string, Identity | undefined>;
  /** The address of the record's target. Undefined: the target does not resolve. */
  readonly originAddress: string | undefined;
  /** Opens a TCP connection to the origin. */
  readonly dial: (address: string) => Socket;
  /** SNI towards the origin in place of the hostname. */
  readonly overriddenSni: string | undefined;
  /** Host towards the origin in place of the hostname. */
  readonly overriddenHost: string | undefined;
  /** The name that SSL/TLS mode Full (strict) expects in the origin's certificate. */
  readonly strictFor: "sni" | "hostname";
  /** The only authorities that strict mode trusts, in PEM. */
  readonly authorities: readonly string[];
  /** Headers that a transform rule adds. */
  readonly addedHeaders: Readonly<Record<string, string>>;
  /** The port on loopback of a Worker that has a route for the hostname. Undefined: there is no route. */
  readonly workerPort: number | undefined;
  /** How long a connection to the origin, or its response, may take, in milliseconds. Cloudflare allows 19 and 100 s. */
  readonly connectLimitMs: number;
  readonly responseLimitMs: number;
}

/**
 * Serves a proxied hostname as Cloudflare documents it for origin rules, SSL/TLS modes and errors 5xx and 1016
 * (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/).
 */
export async function startEdge(settings: EdgeSettings): Promise<LoopbackServer> {
  const contexts = new Map(
    [...settings.identities].flatMap(([host, identity]) =>
      identity ? [[host, createSecureContext(identity)] as const] : [],
    ),
  );
  const server = createServer(
    {
      SNICallback: (name, done) => {
        // Without a certificate, OpenSSL rejects the handshake with an alert, as Cloudflare does.
        done(null, contexts.get(name));
      },
    },
    (request, response) => {
      void serve(settings, request, response);
    },
  );
  return listenOnLoopback(server);
}

async function serve(
  settings: EdgeSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (settings.workerPort !== undefined) {
    const headers = { ...request.headers, ...settings.addedHeaders, "cf-connecting-ip": "192.0.2.7" };
    relay(request, response, { host: "127.0.0.1", port: settings.workerPort, headers }, settings);
    return;
  }
  const { host = "" } = request.headers;
  const connection = await connectToOrigin(settings, host);
  if (typeof connection === "number") {
    errorPage(response, connection);
    return;
  }
  const headers = { ...request.headers, ...settings.addedHeaders, host: settings.overriddenHost ?? host };
  relay(request, response, { createConnection: () => connection, headers }, settings);
}

/** @returns the connection, or the number of Cloudflare's error */
async function connectToOrigin(settings: EdgeSettings, host: string): Promise<TLSSocket | number> {
  const { originAddress, dial, overriddenSni: sni = host, strictFor, authorities, connectLimitMs } = settings;
  if (originAddress === undefined) return 1016;
  const tcp = dial(originAddress);
  tcp.on("error", () => undefined);
  const signal = AbortSignal.timeout(connectLimitMs);
  try {
    await once(tcp, "connect", { signal });
  } catch (error) {
    tcp.destroy();
    if (signal.aborted) return 522;
    return (error as NodeJS.ErrnoException).code === "EHOSTUNREACH" ? 523 : 521;
  }
  const tls = connect({ socket: tcp, servername: sni, ca: [...authorities], rejectUnauthorized: false });
  tls.on("error", () => undefined);
  try {
    await once(tls, "secureConnect", { signal: AbortSignal.timeout(connectLimitMs) });
  } catch {
    tls.destroy();
    return 525;
  }
  const expected = strictFor === "sni" ? sni : host;
  if (!tls.authorized || checkServerIdentity(expected, tls.getPeerCertificate()) !== undefined) {
    tls.destroy();
    return 526;
  }
  return tls;
}

function relay(
  request: IncomingMessage,
  response: ServerResponse,
  to: object,
  { responseLimitMs }: EdgeSettings,
): void {
  const { method, url: path } = request;
  const signal = AbortSignal.timeout(responseLimitMs);
  const sent = httpRequest({ ...to, method, path, setHost: false, signal }, (received) => {
    // Cloudflare puts its name in place of the origin's.
    const headers = { ...received.headers, server: "cloudflare", "cf-ray": CF_RAY };
    response.writeHead(received.statusCode ?? 0, headers);
    received.pipe(response);
  });
  sent.on("error", () => {
    if (response.headersSent) response.destroy();
    else errorPage(response, signal.aborted ? 524 : 520);
  });
  request.pipe(sent);
}

const CF_RAY = "8f0000000000abcd-FRA";

/** Cloudflare's page: a 52x is the status itself; a 1xxx is in the body of status 530. */
function errorPage(response: ServerResponse, code: number): void {
  const headers = { "content-type": "text/plain; charset=UTF-8", server: "cloudflare", "cf-ray": CF_RAY };
  response.writeHead(code >= 1000 ? 530 : code, headers);
  response.end(`error code: ${code}`);
}
