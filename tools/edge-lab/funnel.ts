import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpsRequest } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer, type TlsOptions } from "node:tls";
import type { Identity } from "../worker-lab/certificates.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback-server.ts";
import type { LabSettings } from "./settings.ts";

/** A Funnel and the proxy's device that it leads to. */
export interface FunnelSettings {
  /** The SNIs that it serves, and their certificates. Undefined: the device has no certificate for its name. */
  readonly identities: ReadonlyMap<string, Identity | undefined>;
  /** Whether the relay knows the device. If not, it closes every connection. */
  readonly isServing: boolean;
  readonly proxy: LabSettings["proxy"];
  /** The port of Traefik's entry point for TLS on loopback. */
  readonly backendPort: number;
}

/**
 * Serves names by SNI, refuses every other one, and forwards requests as the operator's proxy does: to
 * `https+insecure://` without a server name, with the visitor's Host, marked as a Funnel request
 * (tailscale.com v1.96.5, ipn/ipnlocal/serve.go).
 */
export async function startFunnelRelay(settings: FunnelSettings): Promise<LoopbackServer> {
  const { identities, isServing, proxy, backendPort } = settings;
  if (!isServing)
    return listenOnLoopback(createTcpServer((socket) => socket.once("data", () => socket.destroy())));
  const contexts = new Map(
    [...identities].flatMap(([name, identity]) =>
      identity ? [[name, createSecureContext(identity)] as const] : [],
    ),
  );
  const options: TlsOptions = {
    SNICallback: (serverName, done) => {
      // A device without a certificate rejects the handshake with an alert; an error closes the connection without one.
      if (identities.has(serverName)) done(null, contexts.get(serverName));
      else done(new Error(`${serverName} is not served`));
    },
  };
  if (proxy !== "forwards") return startWithoutHttp(options, proxy);
  return listenOnLoopback(
    createServer(options, (request, response) => {
      forward(request, response, backendPort);
    }),
  );
}

/** Ends the handshake as a Funnel does, and then does not speak HTTP. */
async function startWithoutHttp(
  options: TlsOptions,
  proxy: Exclude<LabSettings["proxy"], "forwards">,
): Promise<LoopbackServer> {
  // A TLS socket has no reset of its own.
  const connections = new Map<number | undefined, Socket>();
  const server = createTlsServer(options, (socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      if (proxy === "answers without HTTP") socket.end("SSH-2.0-laboratory\r\n");
      else connections.get(socket.remotePort)?.resetAndDestroy();
    });
  });
  server.on("connection", (socket: Socket) => connections.set(socket.remotePort, socket));
  return listenOnLoopback(server);
}

/** Headers of one connection, which a proxy does not pass on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const passed = Object.entries(request.headers).filter(([header]) => !HOP_BY_HOP.includes(header));
  const headers = {
    ...Object.fromEntries(passed),
    "x-forwarded-host": request.headers.host,
    "x-forwarded-proto": "https",
    "tailscale-funnel-request": "?1",
  };
  const { method, url: path } = request;
  const to = { host: "127.0.0.1", port, method, path, headers, agent: false, servername: "" };
  const sent = httpsRequest({ ...to, rejectUnauthorized: false }, (received) => {
    response.writeHead(received.statusCode ?? 0, received.headers);
    received.pipe(response);
  });
  // Go's ReverseProxy answers a failed backend with 502 and no body.
  sent.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  request.pipe(sent);
}
