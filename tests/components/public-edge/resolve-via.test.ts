import { expect, test } from "vitest";
import { resolvePublicEdge } from "../../../components/public-edge/resolve-public-edge.ts";
import { type RequestedHostname, resolveVia } from "../../../components/public-edge/resolve-via.ts";
import { recordProgram } from "../../support/recording.ts";
import { cloudflare, inZone, LOOKUP } from "./recorded-edge.ts";

const requested = (via: RequestedHostname["via"]) => inZone("a.example.com", "example.com", via);

test.each([
  ["enterprise", "origin-rule", "auto: the enterprise plan has the SNI override"],
  ["free", "worker", "auto: the free plan has no SNI override"],
  [undefined, "worker", "auto: the zone's plan is not known here"],
])("resolves auto on the plan %s to %s", (plan, via, reason) => {
  expect(resolveVia(requested("auto"), plan)).toEqual({
    host: "a.example.com",
    zone: "example.com",
    via,
    reason,
  });
});

test("keeps every other via", () => {
  for (const via of ["origin-rule", "worker", "cname-only", { cname: "x.example.net" }] as const) {
    expect(resolveVia(requested(via), "free")).toEqual({ ...requested(via), reason: "requested" });
  }
});

test("looks up each zone exactly once, with auto and without", async () => {
  let hostnames: unknown;
  const { calls } = await recordProgram(
    async () => {
      ({ hostnames } = await resolvePublicEdge([
        requested("auto"),
        inZone("b.example.com", "example.com", "auto"),
        inZone("c.example.org", "example.org", "worker"),
        inZone("d.example.org", "example.org", "cname-only"),
      ]));
    },
    cloudflare({ "example.com": "free", "example.org": "free" }),
  );
  expect(calls).toEqual(
    ["example.com", "example.org"].map((name) => ({ token: LOOKUP, args: { filter: { name } } })),
  );
  const reason = "auto: the free plan has no SNI override";
  expect(hostnames).toEqual([
    { host: "a.example.com", zone: "example.com", via: "worker", reason },
    { host: "b.example.com", zone: "example.com", via: "worker", reason },
    { host: "c.example.org", zone: "example.org", via: "worker", reason: "requested" },
    { host: "d.example.org", zone: "example.org", via: "cname-only", reason: "requested" },
  ]);
});
