import { expect, test } from "vitest";
import { networkChecks } from "../../doctor/network-checks.ts";
import { machineNetwork } from "../../doctor/probes/network.ts";
import type { Systems } from "../../doctor/systems.ts";
import type { StackOutputs } from "../../doctor/target/outputs.ts";
import type { Target } from "../../doctor/target/target.ts";

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
