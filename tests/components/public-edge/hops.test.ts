import { expect, test } from "vitest";
import { hops } from "../../../components/public-edge/hops.ts";
import type { Via } from "../../../components/public-edge/via.ts";

const FUNNEL = "ozilab-edge.tail1234.ts.net";
const HOST = "app.example.com";
const TUNNEL = "id.cfargotunnel.com";
const HEADINGS = [
  "Browser URL",
  "Browser to Cloudflare Host header",
  "Cloudflare proxied DNS target",
  "Cloudflare to origin TCP destination",
  "Cloudflare to origin TLS SNI",
  "Cloudflare to origin HTTP Host header",
  "Certificate presented by Tailscale Funnel",
  "Host seen by Traefik for routing",
];

const table = (via: Via) =>
  hops({ host: HOST, zone: "example.com", via }, FUNNEL).map(({ hop, expect: value }) => [hop, value]);
const rows = (headings: readonly string[], values: readonly string[]) =>
  headings.map((heading, at) => [heading, values[at]]);

test.each(["origin-rule", "worker"] as const)("with %s every hop receives the name that it needs", (via) => {
  expect(table(via)).toEqual(
    rows(HEADINGS, [`https://${HOST}`, HOST, FUNNEL, `${FUNNEL}:443`, FUNNEL, HOST, FUNNEL, HOST]),
  );
});

test("with other clusters' origins, a Worker's hops name all Funnels in turn; those of another via do not", () => {
  const others = ["b-edge.tail1234.ts.net", "c-edge.other.ts.net"];
  const values = (via: Via) =>
    hops({ host: HOST, zone: "example.com", via }, FUNNEL, others).map(({ expect: value }) => value);
  const names = `${FUNNEL}, else ${others[0]}, else ${others[1]}`;
  const addresses = `${FUNNEL}:443, else ${others[0]}:443, else ${others[1]}:443`;
  expect(values("worker")).toEqual([`https://${HOST}`, HOST, FUNNEL, addresses, names, HOST, names, HOST]);
  expect(values("origin-rule")).toEqual(table("origin-rule").map(([, value]) => value));
});

test("with cname-only the SNI is the public name, and the table says that Funnel does not serve it", () => {
  const sni = `${HOST} (Funnel does not serve it: expect 525 or 526)`;
  expect(table("cname-only")).toEqual(
    rows(HEADINGS, [`https://${HOST}`, HOST, FUNNEL, `${FUNNEL}:443`, sni, HOST, FUNNEL, HOST]),
  );
});

test("with an origin lock, Traefik must see the header in requests through Funnel, and in no others", () => {
  const lastHop = (via: Via) =>
    hops({ host: HOST, zone: "example.com", via }, FUNNEL, [], true).at(-1)?.expect;
  expect((["origin-rule", "worker", "cname-only"] as const).map(lastHop)).toEqual(
    Array(3).fill(`${HOST}, with header tailnet-edge-lock, else 403`),
  );
  expect(lastHop({ cname: TUNNEL })).toBe(HOST);
});

test("with another target no hop names the Funnel", () => {
  const headings = HEADINGS.with(6, `Certificate presented by ${TUNNEL}`);
  expect(table({ cname: TUNNEL })).toEqual(
    rows(headings, [`https://${HOST}`, HOST, TUNNEL, `${TUNNEL}:443`, HOST, HOST, HOST, HOST]),
  );
});
