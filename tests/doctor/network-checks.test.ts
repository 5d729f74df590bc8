import { expect, test } from "vitest";
import type { Via } from "../../components/public-edge/via.ts";
import { networkChecks } from "../../doctor/network-checks.ts";
import { machineNetwork } from "../../doctor/probes/network.ts";
import type { Systems } from "../../doctor/systems.ts";
import type { StackOutputs } from "../../doctor/target/outputs.ts";
import type { Target } from "../../doctor/target/target.ts";
import { startNameServer } from "../../tools/edge-lab/name-server.ts";
import { diagnosis } from "./diagnosis.ts";
import { targetOfTazlab } from "./target-of-all.ts";

const FUNNEL = "ozilab-edge.tail1234.ts.net";

test.each([
  ["without an origin lock", undefined, "Traefik routes the hostname"],
  [
    "with one that Traefik does not demand yet",
    { serial: 1, enforced: false },
    "Traefik routes the hostname",
  ],
  ["with one", { serial: 1, enforced: true }, "Traefik refuses requests that bypass Cloudflare"],
])("asks of the direct route of a stack %s: %s", (_, originLock: StackOutputs["originLock"], title) => {
  const host = { host: "app.example.com", url: "", target: FUNNEL, zone: "example.com" };
  const target = {
    // The stack's file, ahead of the last update.
    config: { publicEdge: { originLock: { enabled: true, enforce: true } }, privateServices: [] },
    outputs: { funnel: { expected: FUNNEL, actual: FUNNEL }, originLock, exposure: [] },
    hosts: [{ ...host, via: "origin-rule" }],
  } as unknown as Target;
  const checks = networkChecks(target, {} as Systems, machineNetwork(true));
  expect(checks.find(({ id }) => id === "direct-route/app.example.com")?.title).toBe(title);
});

test("a visit may take longer than Cloudflare waits for its origin, so a 522 is seen, with a Funnel and without", () => {
  const host = (name: string, via: Via) => ({
    host: name,
    url: "",
    target: FUNNEL,
    zone: "example.com",
    via,
  });
  const target = {
    config: { privateServices: [] },
    outputs: { funnel: { expected: FUNNEL, actual: FUNNEL }, exposure: [] },
    hosts: [host("a.example.com", "origin-rule"), host("b.example.com", { cname: "x.example.net" })],
  } as unknown as Target;
  const visits = networkChecks(target, {} as Systems, machineNetwork(true)).filter(({ id }) =>
    id.startsWith("end-to-end/"),
  );
  expect(visits.map(({ limitMs }) => limitMs)).toEqual([60_000, 60_000]);
});

test("asks for the names that Tailscale assigned, not for those of the stack's file", async () => {
  const target = await targetOfTazlab();
  const { name: tailnet } = target.config.tailnet;
  const row = (name: string, requested: string, address: string) => ({
    ...{ name, requested, address, allowed: [], route: "tailnet" },
  });
  const exposure = [
    row("tazlab-db", `tazlab-db.${tailnet}:5432`, `tazlab-db-1.${tailnet}:5432`),
    row("homepage", `https://home.${tailnet}`, `https://home-2.${tailnet}`),
  ];
  const names = await startNameServer({
    [`tazlab-db-1.${tailnet}`]: { addresses: ["100.101.1.1"] },
    [`home-2.${tailnet}`]: { addresses: ["100.101.1.2"] },
    [`pgadmin.${tailnet}`]: { addresses: ["100.101.1.3"] },
  });
  const network = { ...machineNetwork(true), magicDns: { name: "MagicDNS", address: names.address } };
  const checks = networkChecks(
    { ...target, outputs: { ...target.outputs, exposure } },
    {} as Systems,
    network,
  );
  const ids = ["tazlab-db", "homepage", "pgadmin", "grafana"].map((name) => `tailnet-name/${name}`);
  const { signal } = new AbortController();
  const outcomes = await Promise.all(
    checks.filter(({ id }) => ids.includes(id)).map(({ run }) => run(signal)),
  );
  await names.stop();
  expect(outcomes.map((outcome) => diagnosis(outcome).replace(/;.*/, ""))).toEqual([
    "ok: MagicDNS: 100.101.1.1",
    "ok: MagicDNS: 100.101.1.2",
    "ok: MagicDNS: 100.101.1.3",
    "private-name-missing: MagicDNS: no such name, or no address",
  ]);
});
