import { expect, test } from "vitest";
import { allChecks } from "../../doctor/all-checks.ts";
import { type Cause, CAUSES } from "../../doctor/core/causes.ts";
import { broken } from "../../doctor/core/check.ts";
import { explanations } from "../../doctor/data-path/explanations.ts";
import { machineNetwork } from "../../doctor/probes/network.ts";
import type { Handshake } from "../../doctor/probes/tls.ts";
import { liveSystems } from "../../doctor/systems.ts";
import type { Target } from "../../doctor/target/target.ts";
import { plainSettings } from "../live/settings.ts";
import { targetOfAll, targetOfTazlab } from "./target-of-all.ts";

const checksOf = (target: Target) => allChecks(target, liveSystems(plainSettings({})), machineNetwork(true));

test.each([
  ["ozilab", targetOfAll],
  ["tazlab", targetOfTazlab],
])("every check that explains another one of %s exists", async (_, target) => {
  const checks = checksOf(await target());
  const ids = new Set(checks.map(({ id }) => id));
  const explaining = checks.flatMap(({ explainedBy }) => explainedBy);
  expect(explaining.length).toBeGreaterThan(50);
  expect(explaining.filter((id) => !ids.has(id))).toEqual([]);
});

test("every check that explains what a visitor sees exists, for a hostname of one via at least", async () => {
  const target = await targetOfAll();
  const hosts = target.hosts.map(({ host }) => host);
  const funnel = target.outputs.funnel?.actual ?? "";
  const ids = new Set(checksOf(target).map(({ id }) => id));
  const secured = { kind: "secured" } as Handshake;
  const explaining = (Object.keys(CAUSES) as Cause[]).flatMap((cause) =>
    [secured, undefined].flatMap((funnelTls) => {
      const seen = { host: hosts[0] ?? "", zone: "example.com", funnel, funnelTls };
      return explanations(cause, seen, broken(cause, ""));
    }),
  );
  const isMissing = (id: string) => hosts.every((host) => !ids.has(id.replace(hosts[0] ?? "", host)));
  expect(explaining.length).toBeGreaterThan(50);
  expect([...new Set(explaining)].filter(isMissing)).toEqual([]);
});
