import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createSecureContext, type TLSSocket } from "node:tls";
import type { Network } from "./network.ts";
import { perNetwork } from "./per-network.ts";

/** Where a connection goes, and the server name that it asks for. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly serverName: string;
}

/** How a TCP connection or a TLS handshake ended. */
export type Handshake =
  | { readonly kind: "secured"; readonly certificate: ServerCertificate }
  /** Nothing listens. */
  | { readonly kind: "refused" }
  /** No route: the machine has no network, or the address is not in use. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** No answer within the step's limit: to SYN (`tcp`) or to the ClientHello (`tls`). */
  | { readonly kind: "silent"; readonly stage: "tcp" | "tls" }
  /** The server rejects the handshake. @example internal error */
  | { readonly kind: "alert"; readonly alert: string }
  /** The server closes the connection during the handshake. */
  | { readonly kind: "closed" };

export interface ServerCertificate {
  /** DNS names of the certificate. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly validTo: Date;
  /** Why a client rejects it, as OpenSSL's code: `CERT_HAS_EXPIRED`. Undefined if it is valid for the server name. */
  readonly rejected: string | undefined;
}

/** Opens a TLS connection, reports how that ended, and closes it. */
export async function handshake(network: Network, destination: Destination): Promise<Handshake> {
  const { result, socket } = await openTls(network, destination);
  socket.destroy();
  return result;
}

/** Reading the authorities takes longer than a handshake. */
const contextOf = perNetwork(({ authorities }) =>
  createSecureContext(authorities ? { ca: [...authorities] } : {}),
);

/** Opens a TLS connection. The caller closes the socket, which is usable only if the handshake is `secured`. */
export async function openTls(
  network: Network,
  { address, port, serverName }: Destination,
): Promise<{ result: Handshake; socket: Socket }> {
  const tcp = network.dial(address, port);
  const failure = await opened(tcp, "connect", network.stepLimitMs, "tcp");
  if (failure) return { result: failure, socket: tcp };
  const socket = connect({
    socket: tcp,
    servername: serverName,
    // The certificate is judged below: a refused one is a finding, and its fields are the evidence.
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
    secureContext: contextOf(network),
  });
  const rejection = await opened(socket, "secureConnect", network.stepLimitMs, "tls");
  if (rejection) return { result: rejection, socket };
  return { result: { kind: "secured", certificate: certificateOf(socket) }, socket };
}

/** Opens a TCP connection, reports how that ended, and closes it. */
export async function reach(
  network: Network,
  address: string,
  port: number,
): Promise<Exclude<Handshake, { kind: "secured" | "alert" }> | { readonly kind: "open" }> {
  const socket = network.dial(address, port);
  const failure = await opened(socket, "connect", network.stepLimitMs, "tcp");
  socket.destroy();
  return failure === undefined || failure.kind === "alert" ? { kind: "open" } : failure;
}

type Failure = Exclude<Handshake, { kind: "secured" }>;

/** Waits for an event of a socket. @returns how it failed, undefined if the event came */
async function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  limitMs: number,
  stage: "tcp" | "tls",
): Promise<Failure | undefined> {
  // An error can follow the first one, when the socket is destroyed: without a listener it would end the process.
  socket.on("error", () => undefined);
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort();
  }, limitMs);
  try {
    const { signal } = controller;
    // `once` rejects on an error of the socket; a server that only closes causes none before TLS 1.3's end.
    const closed = once(socket, "close", { signal }).then(() => "closed" as const);
    closed.catch(() => undefined);
    const winner = await Promise.race([once(socket, event, { signal }), closed]);
    return winner === "closed" ? { kind: "closed" } : undefined;
  } catch (error) {
    return controller.signal.aborted ? { kind: "silent", stage } : failureOf(error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

function failureOf({ code = "", message }: NodeJS.ErrnoException): Failure {
  if (code === "ECONNREFUSED") return { kind: "refused" };
  if (UNREACHABLE.has(code)) return { kind: "unreachable", reason: code };
  if (CLOSED.has(code)) return { kind: "closed" };
  // ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR, ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE, ERR_SSL_TLSV1_UNRECOGNIZED_NAME
  const alert = /^ERR_SSL_(?:\w+\/)?\w+?_(?:ALERT_)?([A-Z_]+)$/.exec(code)?.[1];
  return {
    kind: "alert",
    alert: (alert ?? (code === "" ? message : code)).toLowerCase().replaceAll("_", " "),
  };
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EHOSTDOWN",
]);
const CLOSED: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

function certificateOf(socket: TLSSocket): ServerCertificate {
  const certificate = socket.getPeerCertificate();
  const names = (certificate.subjectaltname ?? "")
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice("DNS:".length));
  const error = socket.authorizationError as Error | string | null | undefined;
  return {
    names,
    issuer: [certificate.issuer.O ?? certificate.issuer.CN].flat().join(", "),
    validTo: new Date(certificate.valid_to),
    rejected: error
      ? typeof error === "string"
        ? error
        : ((error as NodeJS.ErrnoException).code ?? error.message)
      : undefined,
  };
}
