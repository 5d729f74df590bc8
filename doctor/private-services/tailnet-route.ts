import { broken, ok, type Outcome, unknown } from "../core/check.ts";
import { isTailnetAddress } from "../probes/address-ranges.ts";
import { describeAnswer, describeHandshake } from "../probes/describe.ts";
import { addressesOf, describeLookups, type Lookups } from "../probes/dns.ts";
import type { Answer } from "../probes/http.ts";
import type { Handshake } from "../probes/tls.ts";

/** What MagicDNS says about the names of a stack's private services. */
export interface TailnetNames {
  /** About this service. */
  readonly own: Lookups;
  /** About the services with the same `allowFrom`, this one included: who may see one may see all. */
  readonly peers: readonly Lookups[];
}

/**
 * Judges whether a service's name resolves in the tailnet. MagicDNS answers only machines of a tailnet, and only about
 * devices that the policy lets the machine reach, so a name that is not visible proves nothing by itself.
 */
export function judgeTailnetName({ own, peers }: TailnetNames, allowFrom: readonly string[]): Outcome {
  const evidence = describeLookups(own);
  if (own.every(({ lookup }) => lookup.kind === "failed")) {
    return unknown(`this machine is in no tailnet: ${evidence}`);
  }
  if (isVisible(own)) return ok(evidence);
  const selectors = allowFrom.join(", ");
  if (peers.some(isVisible)) {
    return broken("private-name-missing", `${evidence}; other services for ${selectors} are visible`);
  }
  return unknown(`not visible from this machine; the policy shows it to ${selectors}: ${evidence}`);
}

function isVisible(lookups: Lookups): boolean {
  return addressesOf(lookups).some(isTailnetAddress);
}

/** Judges a TCP port of a service's device. */
export function judgePort(
  reading: Exclude<Handshake, { kind: "secured" }> | { kind: "open" } | undefined,
  now: Date,
): Outcome {
  if (reading === undefined) return unknown(NOT_VISIBLE);
  if (reading.kind === "open") return ok("the port accepts connections");
  const evidence = describeHandshake(reading, now);
  switch (reading.kind) {
    case "refused":
      return broken("private-port-closed", evidence);
    case "silent":
      return broken("private-port-blocked", evidence);
    case "unreachable":
    case "alert":
    case "closed":
      return unknown(evidence);
  }
}

/** Judges a service that the tailnet reaches with HTTPS. */
export function judgeHttps(answer: Answer | undefined, now: Date): Outcome {
  if (answer === undefined) return unknown(NOT_VISIBLE);
  const evidence = describeAnswer(answer, now);
  switch (answer.kind) {
    case "reply": {
      const { rejected } = answer.certificate;
      const isIssuerUnknown = rejected !== undefined && !OWN_FAULTS.has(rejected);
      if (isIssuerUnknown)
        return unknown(`this machine does not trust the certificate's issuer: ${evidence}`);
      if (rejected !== undefined) return broken("private-certificate-invalid", `${evidence}, ${rejected}`);
      return answer.status === 502 ? broken("private-backend-unreachable", evidence) : ok(evidence);
    }
    case "alert":
    case "closed":
      return broken("private-certificate-invalid", evidence);
    case "refused":
      return broken("private-port-closed", evidence);
    case "silent":
      return broken("private-port-blocked", evidence);
    case "mute":
    case "garbled":
      return broken("private-backend-unreachable", evidence);
    case "unreachable":
      return unknown(evidence);
  }
}

const NOT_VISIBLE = "not tried: the name is not visible from this machine";
const OWN_FAULTS: ReadonlySet<string> = new Set(["CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"]);
