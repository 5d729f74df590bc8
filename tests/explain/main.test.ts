import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { startApiServer } from "../apiserver/api-server.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const server = await startApiServer();
afterAll(() => server.stop());

const explain = async (kubeconfig: string, ...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = await execa({ env: { KUBECONFIG: kubeconfig }, reject: false })(
    process.execPath,
    [join(PROJECT_FOLDER, "explain", "main.ts"), ...args],
  );
  return { stdout, stderr, exitCode };
};

test("names the Ingress without a name, and the interrupted release, of a real API server", async () => {
  expect(await explain(server.kubeconfig)).toEqual({
    stdout: "the cluster shows no cause (context apiserver)",
    stderr: "",
    exitCode: 0,
  });
  await server.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "tailscale" } });
  await server.client.apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "ozilab-edge", namespace: "default" },
    spec: {
      ingressClassName: "tailscale",
      defaultBackend: { service: { name: "traefik", port: { number: 443 } } },
    },
  });
  const labels = { owner: "helm", name: "operator", status: "pending-install" };
  await server.client.apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "sh.helm.release.v1.operator.v1", namespace: "tailscale", labels },
    stringData: { release: "hidden" },
  });
  const { stdout } = await explain(server.kubeconfig);
  expect(stdout.split("\n")).toEqual([
    "the cluster shows these causes (context apiserver)",
    "  release operator",
    "    found:   is in pending-install: an update was killed while Helm ran",
    "    fix:     docs/runbook.md#the-release-is-stuck-in-pending-install-pending-upgrade-or-pending-rollback",
    "  Ingress default/ozilab-edge",
    "    found:   has no name of the tailnet in its status",
  ]);
});

test("a cluster that cannot be read, and an unknown stack, are errors with a fix", async () => {
  const missing = await explain("/does/not/exist");
  expect(missing).toMatchObject({ stdout: "", exitCode: 1 });
  expect(missing.stderr).toContain("fix: set kubernetes:kubeconfig");
  expect((await explain(server.kubeconfig, "--stack=nowhere")).stderr).toContain(
    '  STACK\n    found:   "nowhere"',
  );
});
