import type { Zone } from "cloudflare/resources/zones/zones";
import { expect, test } from "vitest";
import { edgeCertificateOutcome } from "../../../doctor/cloudflare/edge-certificate.ts";
import { lockHeaderOutcome } from "../../../doctor/cloudflare/lock-header.ts";
import { hostHeaderOutcome, originOutcome, sniOutcome } from "../../../doctor/cloudflare/origin-rules.ts";
import { pageRulesOutcome } from "../../../doctor/cloudflare/page-rules.ts";
import { recordOutcome } from "../../../doctor/cloudflare/record.ts";
import { redirectOutcome } from "../../../doctor/cloudflare/redirect.ts";
import { strictTlsOutcome } from "../../../doctor/cloudflare/strict-tls.ts";
import { workerOutcome, workerRouteOutcome } from "../../../doctor/cloudflare/worker.ts";
import { planOutcome, zoneOutcome } from "../../../doctor/cloudflare/zone.ts";
import { diagnosis } from "../diagnosis.ts";

const HOST = "app.example.com";
const FUNNEL = "ozilab-edge.tail1234.ts.net";
const OURS = `http.host in {"${HOST}"}`;
const rule = (description: string, expression: string, parameters: object, enabled = true) => ({
  ...{ description, expression, enabled, action_parameters: parameters },
});
const sni = (value: string, expression = OURS, description = "ours") =>
  rule(description, expression, { sni: { value } });

test("a zone is missing, paused, not active, or healthy", () => {
  const zone = (fields: object) => zoneOutcome({ status: "active", ...fields } as Zone, "example.com");
  expect([
    diagnosis(zoneOutcome(undefined, "example.com")),
    diagnosis(zone({ paused: true, status: "pending" })),
    diagnosis(zone({ status: "moved" })),
    diagnosis(zone({ type: "partial" })),
  ]).toEqual([
    "zone-missing: no zone example.com",
    "zone-paused: example.com is paused",
    "zone-not-active: example.com is moved",
    "ok: active, type partial",
  ]);
});

test("only the Enterprise plan has the SNI override; a plan that is not known is not judged", () => {
  const plan = (name?: string) => diagnosis(planOutcome({ plan: { legacy_id: name } } as unknown as Zone));
  expect([plan("enterprise"), plan("business"), plan("lite"), plan()]).toEqual([
    "ok: enterprise",
    "plan-without-sni-override: business",
    "unknown: a plan that is not known: lite",
    "unknown: a plan that is not known: none",
  ]);
});

test("a wildcard certificate covers one label, and a pending one is distinguished from none", () => {
  const pack = (host: string, status = "active") => ({ hosts: [host], status, type: "universal" });
  const of = (...packs: ReturnType<typeof pack>[]) => diagnosis(edgeCertificateOutcome(packs, HOST));
  expect([
    of(pack("*.example.com")),
    of(pack(HOST, "pending_validation"), pack(HOST)),
    of(pack("*.example.com", "pending_validation")),
    of(pack("example.com"), pack("*.com"), pack("*.app.example.com")),
    of(),
  ]).toEqual([
    "ok: universal certificate for *.example.com",
    "ok: universal certificate for app.example.com",
    "edge-certificate-pending: universal certificate is pending_validation",
    "edge-certificate-missing: certificates only for example.com, *.com, *.app.example.com",
    "edge-certificate-missing: certificates only for no name",
  ]);
});

test("a record is missing, elsewhere, not proxied, or the proxied CNAME to the target", () => {
  const record = (content: string, proxied = true, type = "CNAME") => ({ type, content, proxied });
  const of = (...records: ReturnType<typeof record>[]) => diagnosis(recordOutcome(records, FUNNEL));
  expect([
    of(record("v=spf1", false, "TXT")),
    of(record("old.cfargotunnel.com")),
    of(record(FUNNEL), record("192.0.2.1", true, "A")),
    of(record(FUNNEL, false)),
    of(record(FUNNEL), record("v=spf1", false, "TXT")),
  ]).toEqual([
    "record-missing: no A, AAAA or CNAME record",
    `record-elsewhere: CNAME old.cfargotunnel.com, proxied; expected CNAME ${FUNNEL}`,
    `record-elsewhere: CNAME ${FUNNEL}, proxied; A 192.0.2.1, proxied; expected CNAME ${FUNNEL}`,
    `record-not-proxied: CNAME ${FUNNEL}, not proxied`,
    `ok: CNAME ${FUNNEL}, proxied`,
  ]);
});

test("the last matching origin rule decides the SNI", () => {
  const of = (...rules: Parameters<typeof sniOutcome>[0]) => diagnosis(sniOutcome(rules, HOST, FUNNEL));
  const others = (expression: string) => sni("other.example.net", expression, "theirs");
  expect([
    of(others("true"), sni(FUNNEL)),
    of(sni(FUNNEL), others("true")),
    of(sni(FUNNEL), others('http.request.uri.path eq "/api"')),
    of(sni(FUNNEL), others('http.host eq "b.example.com"')),
    of(sni(FUNNEL), rule("disabled", "true", { sni: { value: "other.example.net" } }, false)),
    of(sni("old.tail1234.ts.net")),
    of(rule("port", OURS, { origin: { port: 8443 } })),
    of(others('http.request.uri.path eq "/api"')),
  ]).toEqual([
    `ok: rule "ours" sets ${FUNNEL}`,
    `sni-overridden: rule "theirs" sets other.example.net, not ${FUNNEL}`,
    `sni-overridden: rule "theirs" sets other.example.net, for some requests, not ${FUNNEL}`,
    `ok: rule "ours" sets ${FUNNEL}`,
    `ok: rule "ours" sets ${FUNNEL}`,
    `sni-overridden: rule "ours" sets old.tail1234.ts.net, not ${FUNNEL}`,
    "sni-rule-missing: no origin rule sets an SNI for app.example.com",
    "sni-rule-missing: no origin rule sets an SNI for app.example.com",
  ]);
});

test("an origin rule that replaces the Host or the origin is named", () => {
  const port = rule("port", OURS, { origin: { port: 8443 } });
  const resolve = rule("resolve", "true", { origin: { host: "other.example.net" } });
  expect([
    diagnosis(hostHeaderOutcome([rule("same", "true", { host_header: HOST })], HOST)),
    diagnosis(hostHeaderOutcome([rule("theirs", "ssl", { host_header: FUNNEL })], HOST)),
    diagnosis(hostHeaderOutcome([rule("theirs", 'ip.src eq "192.0.2.1"', { host_header: FUNNEL })], HOST)),
    diagnosis(originOutcome([rule("same", OURS, { origin: { port: 443 } })], HOST)),
    diagnosis(originOutcome([port], HOST)),
    diagnosis(originOutcome([resolve], HOST)),
  ]).toEqual([
    "ok: Host stays app.example.com",
    `host-overridden: rule "theirs" sets Host ${FUNNEL}`,
    `host-overridden: rule "theirs" sets Host ${FUNNEL}, for some requests`,
    "ok: no override",
    'origin-overridden: rule "port" sends to app.example.com:8443',
    'origin-overridden: rule "resolve" sends to other.example.net:443',
  ]);
});

test("the last matching configuration rule decides the TLS mode, else the zone", async () => {
  const ssl = (mode: string, expression = OURS) => rule(mode, expression, { ssl: mode });
  const of = async (zone: string, ...rules: ReturnType<typeof ssl>[]) =>
    diagnosis(await strictTlsOutcome(rules, HOST, () => Promise.resolve(zone)));
  expect([
    await of("off", ssl("full", "true"), ssl("strict")),
    await of("strict", ssl("strict"), ssl("full", "true")),
    await of("strict", ssl("strict"), ssl("flexible", 'http.request.uri.path eq "/api"')),
    await of("strict"),
    await of("full", rule("other setting", OURS, { email_obfuscation: true })),
  ]).toEqual([
    'ok: rule "strict" sets the TLS mode strict',
    'tls-mode-overridden: rule "full" sets the TLS mode full',
    'tls-mode-overridden: rule "flexible" sets the TLS mode flexible, for some requests',
    "ok: the zone's TLS mode is strict",
    "tls-not-strict: no rule for app.example.com, and the zone's TLS mode is full",
  ]);
});

test("the first matching redirect decides, and HTTPS must not be redirected", async () => {
  const to = (target: object, expression = `not ssl and ${OURS}`, description = "r") =>
    rule(description, expression, { from_value: { target_url: target } });
  const ours = to({ expression: 'concat("https://", http.host, http.request.uri.path)' });
  const elsewhere = (expression: string) => to({ value: "https://www.example.net" }, expression, "theirs");
  const of = async (always: boolean, ...rules: ReturnType<typeof to>[]) =>
    diagnosis(await redirectOutcome(rules, HOST, () => Promise.resolve(always)));
  expect([
    await of(false, ours),
    await of(
      false,
      to({ expression: 'wildcard_replace(http.request.full_uri, "http://*", "https://${1}")' }),
    ),
    await of(false, to({ value: "https://app.example.com/" })),
    await of(false, ours, elsewhere("not ssl")),
    await of(false, elsewhere("not ssl"), ours),
    await of(false, ours, elsewhere(OURS)),
    await of(false, elsewhere('http.request.uri.path eq "/old"'), ours),
    await of(false, to({ value: "https://app.example.com.evil.example" })),
    await of(true),
    await of(false),
  ]).toEqual([
    'ok: rule "r" redirects to HTTPS',
    'ok: rule "r" redirects to HTTPS',
    'ok: rule "r" redirects to HTTPS',
    'ok: rule "r" redirects to HTTPS',
    'redirect-elsewhere: rule "theirs" redirects to https://www.example.net',
    'redirect-elsewhere: rule "theirs" redirects HTTPS to https://www.example.net',
    'ok: rule "r" redirects to HTTPS',
    'redirect-elsewhere: rule "r" redirects to https://app.example.com.evil.example',
    "ok: the zone has Always Use HTTPS on",
    "redirect-missing: no redirect rule for app.example.com, and Always Use HTTPS is off",
  ]);
});

test("a Page Rule that changes Host, origin or URL of the hostname is named", () => {
  const page = (pattern: string, id: string, value: unknown = "x") => ({
    targets: [{ constraint: { value: pattern } }],
    actions: [{ id, value }],
  });
  const of = (...rules: ReturnType<typeof page>[]) => diagnosis(pageRulesOutcome(rules, HOST));
  expect([
    of(page("*example.com/*", "host_header_override")),
    of(page("https://app.example.com/api", "resolve_override")),
    of(page("*.example.com/*", "forwarding_url")),
    of(page("*.example.com/*", "host_header_override", HOST), page("*/*", "cache_level")),
    of(page("www.example.com/*", "forwarding_url")),
  ]).toEqual([
    "host-overridden: Page Rule *example.com/* has host_header_override",
    "origin-overridden: Page Rule https://app.example.com/api has resolve_override",
    "redirect-elsewhere: Page Rule *.example.com/* has forwarding_url",
    "ok: none changes Host, origin or URL",
    "ok: none changes Host, origin or URL",
  ]);
});

test("a Worker and its route are missing, another's, or the stack's", () => {
  const route = (pattern: string, script?: string) => ({ pattern, ...(script && { script }) });
  const of = (...routes: ReturnType<typeof route>[]) => diagnosis(workerRouteOutcome(routes, HOST, "edge"));
  expect([
    diagnosis(workerOutcome(["edge"], "edge")),
    diagnosis(workerOutcome(["edge-2"], "edge")),
    of(route(`${HOST}/*`, "edge"), route("b.example.com/*", "other")),
    of(route(`https://${HOST}/*`, "edge")),
    of(route(`${HOST}/*`, "other")),
    of(route(`${HOST}/*`, "edge"), route(`${HOST}/static/*`)),
    of(route("*.example.com/*", "edge")),
  ]).toEqual([
    "ok: uploaded",
    "worker-missing: no Worker edge",
    "ok: app.example.com/* runs edge",
    "ok: https://app.example.com/* runs edge",
    "worker-route-elsewhere: app.example.com/* runs other",
    "worker-route-elsewhere: app.example.com/static/* runs no Worker",
    "worker-route-missing: no route app.example.com/*",
  ]);
});

test("the lock's header comes from the stack's rule, enabled, for the hostname, and no later rule changes it", () => {
  const secret = "5ec2e7";
  const lock = (name: string, fields: object = {}) => ({
    ...rule(name, OURS, { headers: { "tailnet-edge-lock": { operation: "set", value: secret } } }),
    ...{ ref: "tailnet_edge_ozilab5d41402a_lock_0", ...fields },
  });
  const foreign = (expression: string, header = "Tailnet-Edge-Lock") => ({
    ...rule("theirs", expression, { headers: { [header]: { operation: "remove" } } }),
    ref: "theirs",
  });
  const of = (...rules: readonly object[]) => diagnosis(lockHeaderOutcome(rules, HOST));
  const all = [
    of(lock("ours")),
    of(foreign("true"), lock("ours"), foreign("true", "x-other"), foreign('http.host eq "b.example.com"')),
    // The last rule decides, so a foreign one before it does not matter.
    of(lock("before"), foreign("true"), lock("ours")),
    of(),
    of(foreign("true")),
    of(lock("ours", { expression: 'http.host in {"b.example.com"}' })),
    of(lock("ours", { expression: `${OURS} and http.request.uri.path eq "/"` })),
    of(lock("ours", { enabled: false })),
    of(lock("ours"), foreign("true")),
    of(lock("ours"), foreign('http.request.uri.path eq "/"')),
  ];
  expect(all).toEqual([
    'ok: rule "ours" sets tailnet-edge-lock',
    'ok: rule "ours" sets tailnet-edge-lock',
    'ok: rule "ours" sets tailnet-edge-lock',
    "lock-rule-missing: header tailnet-edge-lock for app.example.com: no rule of the stack sets it",
    "lock-rule-missing: header tailnet-edge-lock for app.example.com: no rule of the stack sets it",
    "lock-rule-missing: header tailnet-edge-lock for app.example.com: no rule of the stack sets it",
    "lock-rule-missing: header tailnet-edge-lock for app.example.com: no rule of the stack sets it",
    'lock-rule-missing: header tailnet-edge-lock for app.example.com: rule "ours" is disabled',
    'lock-header-overridden: rule "theirs" changes tailnet-edge-lock',
    'lock-header-overridden: rule "theirs" changes tailnet-edge-lock, for some requests',
  ]);
  expect(all.join()).not.toContain(secret);
});
