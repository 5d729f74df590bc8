import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, expect, test } from "vitest";
import { serveApis } from "../../sandbox/http/server.ts";
import { apiVariables } from "../../sandbox/http/variables.ts";
import { seed } from "../../sandbox/prerequisites/seed.ts";
import { runControllers } from "../../sandbox/providers/kubernetes/system.ts";
import { changeTailnet, credentials } from "../../sandbox/providers/tailscale/tailnet.ts";
import { MemoryWorld } from "../../sandbox/world/world.ts";
import { installVendorOperator } from "../sandbox/lifecycle/vendor-operator.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function explain(world: MemoryWorld): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "explain-"));
  folders.push(folder);
  const env = apiVariables(await serveApis((_, use) => use(world)), folder, "ozilab");
  const { stdout } = await execa({ env })(process.execPath, [join(PROJECT_FOLDER, "explain", "main.ts")]);
  return stdout.split("\n");
}

/** A cluster with the vendor's operator, and an Ingress with a backend. */
function clusterWorld(): MemoryWorld {
  const world = new MemoryWorld();
  const policy = '{"tagOwners": {"tag:k8s-operator": [], "tag:k8s": ["tag:k8s-operator"]}}';
  changeTailnet(world, { policy, policyIsDefault: false });
  const traefik = { name: "traefik", namespace: "traefik" };
  seed(world, {
    objects: [{ apiVersion: "v1", kind: "Service", metadata: traefik, spec: { clusterIP: "10.96.0.10" } }],
  });
  installVendorOperator(world, { namespace: "tailscale", release: "ts", ingress: "traefik/funnel" });
  return world;
}

test("a crash's reason comes from the operator's log: the pod shows only its status", async () => {
  const world = clusterWorld();
  credentials(world).delete("vendor");
  runControllers(world);
  expect(await explain(world)).toEqual([
    "the cluster shows these causes (context sandbox)",
    "  Pod tailscale/operator-0",
    "    found:   CrashLoopBackOff: back-off 5m0s restarting failed container=operator; it ended with status 1",
    "  Ingress traefik/funnel",
    "    found:   has no name of the tailnet in its status",
    "  log of Pod tailscale/operator-0",
    "    found:   creating operator authkey: 401 API token invalid",
    "    fix:     rotate the credential: docs/runbook.md#rotate-the-operators-credential",
  ]);
});

test("the log of a nameless Ingress's proxy says that it cannot issue a certificate", async () => {
  const world = clusterWorld();
  changeTailnet(world, { settings: { httpsEnabled: false } });
  runControllers(world);
  const lines = await explain(world);
  expect(lines.map((line) => line.replace(/ts-funnel-\w+-0$/, "ts-funnel-<id>-0"))).toEqual([
    "the cluster shows these causes (context sandbox)",
    "  Ingress traefik/funnel",
    "    found:   has no name of the tailnet in its status",
    "  Ingress traefik/funnel",
    "    found:   Failed: HTTPSNotEnabled: HTTPS is not enabled on the tailnet; ingress may not work",
    "    fix:     run pulumi up --refresh: the stack turns on HTTPS for the tailnet",
    "  log of Pod tailscale/operator-0",
    "    found:   Reconciler error: HTTPSNotEnabled: HTTPS is not enabled on the tailnet; ingress may not work",
    "    fix:     run pulumi up --refresh: the stack turns on HTTPS for the tailnet",
    "  log of Pod tailscale/ts-funnel-<id>-0",
    "    found:   (perhaps a Kubernetes operator Ingress proxy) but it is not able to issue TLS certs, so this will likely not work.",
    "    fix:     run pulumi up --refresh: the stack turns on HTTPS for the tailnet",
  ]);
});
