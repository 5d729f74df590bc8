import { expect, test } from "vitest";
import { sniRules, strictTlsRules } from "../../../components/public-edge/rules.ts";
import { hostsOfOneZone } from "../../support/host-names.ts";

const FUNNEL = "ozilab-edge.tail1234.ts.net";

test("no hosts, no rules", () => {
  expect([sniRules([], FUNNEL), strictTlsRules([])]).toEqual([[], []]);
});

test("an origin rule sets the SNI, and nothing else", () => {
  expect(sniRules(["b.example.com", "a.example.com"], FUNNEL)).toEqual([
    {
      ref: "tailnet_edge_sni_0",
      description: "SNI of the Funnel, Host kept",
      action: "route",
      actionParameters: { sni: { value: FUNNEL } },
      expression: 'http.host in {"a.example.com" "b.example.com"}',
    },
  ]);
});

test("a configuration rule sets TLS Full (strict), and nothing else", () => {
  expect(strictTlsRules(["b.example.com", "a.example.com"])).toEqual([
    {
      ref: "tailnet_edge_strict_tls_0",
      description: "TLS Full (strict) to the origin",
      action: "set_config",
      actionParameters: { ssl: "strict" },
      expression: 'http.host in {"a.example.com" "b.example.com"}',
    },
  ]);
});

test("many hosts make several rules, each with a ref of its own and the same parameters", () => {
  const sni = sniRules(hostsOfOneZone(1000), FUNNEL);
  const tls = strictTlsRules(hostsOfOneZone(1000));
  const slots = [0, 1, 2, 3, 4, 5];
  expect(sni.map(({ ref }) => ref)).toEqual(slots.map((slot) => `tailnet_edge_sni_${slot}`));
  expect(tls.map(({ ref }) => ref)).toEqual(slots.map((slot) => `tailnet_edge_strict_tls_${slot}`));
  expect(sni.map(({ actionParameters }) => actionParameters)).toEqual(
    slots.map(() => ({ sni: { value: FUNNEL } })),
  );
  expect(tls.map(({ actionParameters }) => actionParameters)).toEqual(slots.map(() => ({ ssl: "strict" })));
  expect(sni.map(({ expression }) => expression)).toEqual(tls.map(({ expression }) => expression));
});

test("no rule rewrites the Host header, by whatever name or place", () => {
  const rules = JSON.stringify([
    sniRules(hostsOfOneZone(1000), FUNNEL),
    strictTlsRules(hostsOfOneZone(1000)),
  ]);
  expect(rules).not.toMatch(/hostHeader|host_header|"origin"|"headers"|rewrite/);
});
