import { expect, test } from "vitest";
import type { Cause } from "../../../doctor/core/causes.ts";
import { broken, ok, type Outcome } from "../../../doctor/core/check.ts";
import { explanations } from "../../../doctor/data-path/explanations.ts";
import type { Handshake } from "../../../doctor/probes/tls.ts";

const ORIGIN = ["record/h", "sni/h", "origin/h", "page-rules/h", "worker-route/h"];
const PLAN = "plan/z";
const rejected = { kind: "secured", certificate: { rejected: "CERT_HAS_EXPIRED" } } as unknown as Handshake;
const closed: Handshake = { kind: "closed" };

test.each<[Cause, Handshake | undefined, Outcome, readonly string[]]>([
  ["origin-unresolved", undefined, ok(""), [...ORIGIN, "funnel-dns/f"]],
  ["origin-refused", undefined, ok(""), [...ORIGIN, "strict-tls/h", "funnel-dns/f"]],
  ["origin-timeout", undefined, ok(""), [...ORIGIN, "strict-tls/h", "funnel-dns/f"]],
  ["origin-unreachable", undefined, ok(""), [...ORIGIN, "strict-tls/h", "funnel-dns/f"]],
  ["origin-handshake-failed", closed, ok(""), [...ORIGIN, PLAN, "funnel-tls/f"]],
  ["origin-handshake-failed", rejected, ok(""), [...ORIGIN, PLAN]],
  ["origin-certificate-rejected", rejected, ok(""), [...ORIGIN, PLAN, "funnel-tls/f"]],
  ["origin-certificate-rejected", closed, ok(""), [...ORIGIN, PLAN]],
  ["worker-origin-unreachable", undefined, ok(""), ["worker", "worker-route/h", "funnel-dns/f"]],
  ["worker-failed", undefined, ok(""), ["worker", "worker-route/h"]],
  ["host-overridden", undefined, ok(""), ["host-header/h", "page-rules/h"]],
  [
    "router-missing",
    undefined,
    broken("router-missing", ""),
    ["host-header/h", "page-rules/h", "direct-route/h"],
  ],
  ["application-error", undefined, broken("router-missing", ""), []],
  ["origin-response-invalid", rejected, broken("router-missing", ""), ORIGIN],
  ["origin-response-invalid", rejected, broken("application-not-http", ""), [...ORIGIN, "direct-route/h"]],
  [
    "worker-origin-response-invalid",
    rejected,
    broken("application-not-http", ""),
    ["worker", "worker-route/h", "direct-route/h"],
  ],
  ["origin-lock-refuses-cloudflare", rejected, ok(""), ["lock-header/h"]],
])(
  "what a visitor sees, %s, is explained by the checks of what causes it",
  (cause, funnelTls, direct, ids) => {
    expect(explanations(cause, { host: "h", zone: "z", funnel: "f", funnelTls }, direct)).toEqual(ids);
  },
);
