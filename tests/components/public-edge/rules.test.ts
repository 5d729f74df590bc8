import { expect, test } from "vitest";
import { hostExpressions } from "../../../components/public-edge/host-expression.ts";
import {
  httpsRedirectRules,
  lockRules,
  sniRules,
  strictTlsRules,
} from "../../../components/public-edge/rules.ts";
import { hostsOfOneZone } from "../../support/host-names.ts";

const FUNNEL = "ozilab-edge.tail1234.ts.net";

test("creates no rules for no hosts", () => {
  expect([sniRules([], FUNNEL), strictTlsRules([]), httpsRedirectRules([]), lockRules([], "x")]).toEqual([
    {},
    {},
    {},
    {},
  ]);
});

test("replaces one request header in a transform rule", () => {
  expect(lockRules(hostExpressions(["b.example.com", "a.example.com"]), "secret")).toEqual({
    lock_0: {
      description: "Origin lock",
      action: "rewrite",
      actionParameters: { headers: { "tailnet-edge-lock": { operation: "set", value: "secret" } } },
      expression: 'http.host in {"a.example.com" "b.example.com"}',
    },
  });
});

test("sets only the SNI in an origin rule", () => {
  expect(sniRules(hostExpressions(["b.example.com", "a.example.com"]), FUNNEL)).toEqual({
    sni_0: {
      description: "SNI of the Funnel, Host kept",
      action: "route",
      actionParameters: { sni: { value: FUNNEL } },
      expression: 'http.host in {"a.example.com" "b.example.com"}',
    },
  });
});

test("sets only TLS Full (strict) in a configuration rule", () => {
  expect(strictTlsRules(hostExpressions(["b.example.com", "a.example.com"]))).toEqual({
    strict_tls_0: {
      description: "TLS Full (strict) to the origin",
      action: "set_config",
      actionParameters: { ssl: "strict" },
      expression: 'http.host in {"a.example.com" "b.example.com"}',
    },
  });
});

test("redirects plain HTTP to HTTPS with path and query, and keeps the method", () => {
  expect(httpsRedirectRules(hostExpressions(["b.example.com", "a.example.com"], "not ssl"))).toEqual({
    https_0: {
      description: "HTTP to HTTPS",
      action: "redirect",
      actionParameters: {
        from_value: {
          status_code: 308,
          target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' },
          preserve_query_string: true,
        },
      },
      expression: 'not ssl and http.host in {"a.example.com" "b.example.com"}',
    },
  });
});

test("splits many hosts over several rules with distinct names and the same parameters", () => {
  const sni = sniRules(hostExpressions(hostsOfOneZone(1000)), FUNNEL);
  const tls = strictTlsRules(hostExpressions(hostsOfOneZone(1000)));
  const slots = [0, 1, 2, 3, 4, 5];
  expect(Object.keys(sni)).toEqual(slots.map((slot) => `sni_${slot}`));
  expect(Object.keys(tls)).toEqual(slots.map((slot) => `strict_tls_${slot}`));
  expect(Object.values(sni).map(({ actionParameters }) => actionParameters)).toEqual(
    slots.map(() => ({ sni: { value: FUNNEL } })),
  );
  expect(Object.values(tls).map(({ actionParameters }) => actionParameters)).toEqual(
    slots.map(() => ({ ssl: "strict" })),
  );
  expect(Object.values(sni).map(({ expression }) => expression)).toEqual(
    Object.values(tls).map(({ expression }) => expression),
  );
});

test("never rewrites the Host header, in any property of a rule", () => {
  const rules = JSON.stringify([
    sniRules(hostExpressions(hostsOfOneZone(1000)), FUNNEL),
    strictTlsRules(hostExpressions(hostsOfOneZone(1000))),
    httpsRedirectRules(hostExpressions(hostsOfOneZone(1000))),
  ]);
  expect(rules).not.toMatch(/hostHeader|host_header|"origin"|"headers"|rewrite/);
});
