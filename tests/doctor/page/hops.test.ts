import { expect, test } from "vitest";
import { allChecks } from "../../../doctor/all-checks.ts";
import { hostnameHops } from "../../../doctor/page/hops.ts";
import { machineNetwork } from "../../../doctor/probes/network.ts";
import { liveSystems } from "../../../doctor/systems.ts";
import { plainSettings } from "../../live/settings.ts";
import { targetOfAll } from "../target-of-all.ts";

/** They concern who may reach the services, and not whether a visitor's request arrives. */
const IN_NO_HOP = ["policy/access", "policy/tests"];

test("every check of a public hostname is in a hop of the picture", async () => {
  const target = await targetOfAll();
  const checks = allChecks(target, liveSystems(plainSettings({})), machineNetwork(true));
  const results = checks.map(({ id, group, subject, title }) => ({
    ...{ id, group, subject, title, status: "ok" as const, evidence: "", durationMs: 0 },
  }));
  const hops = hostnameHops(results, target.outputs).flatMap((hostname) => hostname.hops);
  const shown = new Set(hops.flatMap((hop) => hop.results.map(({ id }) => id)));
  expect(results.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual(IN_NO_HOP);
});
