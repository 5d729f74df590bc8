import { expect, test } from "vitest";
import { funnelRows, hostnameRow } from "../../../components/public-edge/exposure-rows.ts";
import type { Via } from "../../../components/public-edge/via.ts";

test.each<[Via, string]>([
  ["origin-rule", "Cloudflare, Funnel"],
  ["worker", "Cloudflare, Worker, Funnel"],
  ["cname-only", "Cloudflare, Funnel"],
  [{ cname: "1.cfargotunnel.com" }, "Cloudflare, 1.cfargotunnel.com"],
])("with via %j everybody on the internet reaches a hostname through %s", (via, route) => {
  expect(hostnameRow({ host: "app.example.com", zone: "example.com", via }, [])).toEqual({
    name: "app.example.com",
    address: "https://app.example.com",
    allowed: ["everybody on the internet"],
    route,
  });
});

test("with other clusters' origins, a Worker's route names them; another via's does not", () => {
  const route = (via: Via) =>
    hostnameRow({ host: "app.example.com", zone: "example.com", via }, ["b-edge.tail1234.ts.net"]).route;
  expect(route("worker")).toBe("Cloudflare, Worker, Funnel, else b-edge.tail1234.ts.net");
  expect(route("origin-rule")).toBe("Cloudflare, Funnel");
});

test("the Funnel is open to everybody who knows its name, and to its allowFrom on the tailnet", () => {
  const row = { name: "edge", address: "https://edge.tail1234.ts.net" };
  expect(funnelRows({ hostname: "edge", allowFrom: ["group:a"] }, "edge.tail1234.ts.net", false)).toEqual([
    { ...row, allowed: ["everybody on the internet"], route: "Funnel" },
    { ...row, allowed: ["group:a"], route: "tailnet" },
  ]);
});

test("with an origin lock, nobody reaches the Funnel by its own name but the tailnet", () => {
  const row = { name: "edge", address: "https://edge.tail1234.ts.net" };
  expect(funnelRows({ hostname: "edge", allowFrom: ["group:a"] }, "edge.tail1234.ts.net", true)).toEqual([
    { ...row, allowed: ["nobody"], route: "Funnel, origin lock: 403" },
    { ...row, allowed: ["group:a"], route: "tailnet" },
  ]);
});
