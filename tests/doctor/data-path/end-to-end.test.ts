import { expect, test } from "vitest";
import { judgeVisit } from "../../../doctor/data-path/end-to-end.ts";
import type { Answer, Reply } from "../../../doctor/probes/http.ts";
import { diagnosis } from "../diagnosis.ts";

const NOW = new Date(0);
const certificate = { names: [], issuer: "", validTo: NOW, rejected: undefined };
const reply = (status: number, body = "", headers: Reply["headers"] = {}): Reply => ({
  ...{ kind: "reply", certificate, status, body, headers },
});
const cloudflare = (status: number, body = "", headers: Reply["headers"] = {}) =>
  reply(status, body, { server: "cloudflare", ...headers });
const page = reply(200, "page");
const open = { direct: page, unknownHost: reply(404), funnelHost: reply(404), originLock: false };

/** What a visitor gets, whatever the Funnel answers. */
test.each<[expected: string, visit: Answer]>([
  ["origin-response-invalid: status 520", cloudflare(520, "error code: 520")],
  ["origin-refused: status 521", cloudflare(521, "error code: 521")],
  ["origin-timeout: status 522", cloudflare(522, "error code: 522")],
  ["origin-unreachable: status 523", cloudflare(523, "error code: 523")],
  ["application-silent: status 524", cloudflare(524, "error code: 524")],
  ["origin-handshake-failed: status 525", cloudflare(525, "error code: 525")],
  ["origin-certificate-rejected: status 526", cloudflare(526, "error code: 526")],
  ["record-target-prohibited: status 403, Cloudflare's error 1000", cloudflare(403, "error code: 1000")],
  ["edge-unknown-hostname: status 409, Cloudflare's error 1001", cloudflare(409, "error code: 1001")],
  ["record-target-prohibited: status 403, Cloudflare's error 1014", cloudflare(403, "error code: 1014")],
  ["origin-unresolved: status 530, Cloudflare's error 1016", cloudflare(530, "error code: 1016")],
  ["worker-limit-reached: status 429, Cloudflare's error 1027", cloudflare(429, "error code: 1027")],
  ["worker-failed: status 500, Cloudflare's error 1101", cloudflare(500, "error code: 1101")],
  ["worker-failed: status 503, Cloudflare's error 1102", cloudflare(503, "error code: 1102")],
  ["edge-error: status 530, Cloudflare's error 1033", cloudflare(530, "error code: 1033")],
  [
    "worker-failed: status 500, Cloudflare's error 1101",
    cloudflare(500, '<span class="cf-error-code">1101</span>'),
  ],
  [
    "edge-error: status 530, Cloudflare's error 1033",
    cloudflare(530, "<title>Argo Tunnel error | example.com | Error 1033</title>"),
  ],
  ["ok: status 200", cloudflare(200, "about error code: 1016")],
  ["ok: status 404", reply(404, "error code: 1016")],
  [
    "unknown: Cloudflare's security settings stop this machine: status 403",
    cloudflare(403, "Just a moment", { "cf-mitigated": "challenge" }),
  ],
  ["ok: status 403", cloudflare(403, "Just a moment")],
  ...[1005, 1006, 1007, 1008, 1009, 1010, 1012, 1015, 1020].map((code): [string, Answer] => [
    `unknown: Cloudflare's security settings stop this machine: status 403, Cloudflare's error ${code}`,
    cloudflare(403, `error code: ${code}`),
  ]),
  ...(
    [
      ["tcp", "worker-origin-unreachable"],
      ["tls", "worker-origin-tls-failed"],
      ["response", "worker-origin-response-invalid"],
      ["other", "unknown"],
    ] as const
  ).map(([stage, expected]): [string, Answer] => [
    `${expected}: status 502, the Worker names the stage ${stage}`,
    cloudflare(502, "", { "edge-failure": stage }),
  ]),
  ["application-error: status 500", cloudflare(500, "the database is gone")],
  ["edge-silent: no response to the request", { kind: "mute" }],
  [
    "unknown: something between this machine and Cloudflare answers: no valid HTTP response: x",
    { kind: "garbled", reason: "x" },
  ],
  ["unknown: this machine has no TLS connection to Cloudflare: connection refused", { kind: "refused" }],
  [
    "unknown: this machine has no TLS connection to Cloudflare: connection closed without a response",
    { kind: "closed" },
  ],
])("%s", (expected, visit) => {
  expect(diagnosis(judgeVisit({ ...open, visit }, NOW))).toBe(expected);
});

test("without an address of Cloudflare there is no visit", () => {
  const outcome = judgeVisit({ ...open, visit: undefined }, NOW);
  expect(diagnosis(outcome)).toBe("unknown: not tried: the hostname has no address of Cloudflare");
});

test("behind the origin lock, only the visit shows that the router has TLS options of its own", () => {
  const locked = { direct: reply(403), unknownHost: reply(403), funnelHost: reply(403), originLock: true };
  const outcome = judgeVisit({ ...locked, visit: reply(421) }, NOW);
  expect(diagnosis(outcome)).toMatch(/^misdirected-request: /);
  expect(judgeVisit({ ...locked, visit: reply(200) }, NOW).status).toBe("ok");
});
