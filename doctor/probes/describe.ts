import type { Answer } from "./http.ts";
import type { Handshake, ServerCertificate } from "./tls.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whole days until a certificate expires; negative if it has. */
export function daysLeft({ validTo }: ServerCertificate, now: Date): number {
  return Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
}

/** How a handshake ended, for evidence. */
export function describeHandshake(reading: Handshake, now: Date): string {
  switch (reading.kind) {
    case "secured":
      return describeCertificate(reading.certificate, now);
    case "refused":
      return "connection refused";
    case "unreachable":
      return `no route (${reading.reason})`;
    case "silent":
      return reading.stage === "tcp" ? "no answer to the TCP connection" : "no answer to the TLS handshake";
    case "alert":
      return `TLS handshake rejected: ${reading.alert}`;
    case "closed":
      return "connection closed during the TLS handshake";
  }
}

/** What a server answered, for evidence. The body is not quoted: it may hold anything. */
export function describeAnswer(answer: Answer, now: Date): string {
  switch (answer.kind) {
    case "reply":
      return `status ${answer.status}`;
    case "mute":
      return "no response to the request";
    case "garbled":
      return `no valid HTTP response: ${answer.reason}`;
    // During the handshake or after it.
    case "closed":
      return "connection closed without a response";
    case "refused":
    case "unreachable":
    case "silent":
    case "alert":
      return describeHandshake(answer, now);
  }
}

function describeCertificate(certificate: ServerCertificate, now: Date): string {
  const { names, issuer, rejected } = certificate;
  const days = daysLeft(certificate, now);
  const expiry = days < 0 ? `expired ${-days} days ago` : `${days} days left`;
  const verdict = rejected === undefined ? "" : `, rejected: ${rejected}`;
  return `certificate for ${names.join(", ") || "no name"} by ${issuer}, ${expiry}${verdict}`;
}
