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
const filled = (headings: readonly string[], values: readonly string[]) =>
  headings.map((heading, at) => [heading, values[at]]);

test("by an origin rule every hop sees what it must", () => {
  expect(table("origin-rule")).toEqual(
    filled(HEADINGS, [`https://${HOST}`, HOST, FUNNEL, `${FUNNEL}:443`, FUNNEL, HOST, FUNNEL, HOST]),
  );
});

test("by the record alone the SNI is the public name, which the table says does not work", () => {
  const sni = `${HOST} (Funnel does not serve it: expect 525 or 526)`;
  expect(table("cname-only")).toEqual(
    filled(HEADINGS, [`https://${HOST}`, HOST, FUNNEL, `${FUNNEL}:443`, sni, HOST, FUNNEL, HOST]),
  );
});

test("by another target nothing of the Funnel is on the way", () => {
  const headings = HEADINGS.with(6, `Certificate presented by ${TUNNEL}`);
  expect(table({ cname: TUNNEL })).toEqual(
    filled(headings, [`https://${HOST}`, HOST, TUNNEL, `${TUNNEL}:443`, HOST, HOST, HOST, HOST]),
  );
});
