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

test("a log that cannot be read is said, and ends nothing: this cluster has no kubelet", async () => {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "operator-1", namespace: "tailscale" } };
  await server.client.apply({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default", namespace: "tailscale" },
  });
  const node = { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } };
  await server.client.apply(node);
  // Nothing listens on this port.
  await server.client.applyStatus({
    ...node,
    status: {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
    },
  });
  await server.client.apply({
    ...pod,
    metadata: { ...pod.metadata, labels: { app: "operator" } },
    spec: { nodeName: "node-1", containers: [{ name: "operator", image: "operator" }] },
  });
  await server.client.applyStatus({
    ...pod,
    status: {
      containerStatuses: [
        { name: "operator", image: "", imageID: "", ready: true, restartCount: 0, state: { running: {} } },
      ],
    },
  });
  const { stdout, exitCode } = await explain(server.kubeconfig);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("  release operator\n");
  expect(stdout).toMatch(
    /\n {2}log of Pod tailscale\/operator-1\n {4}found: {3}could not be read: the API server \S+ answers 500: \S.*\n {4}fix: {5}\S.*$/,
  );
});

test("a cluster that cannot be read, and an unknown stack, are errors with a fix", async () => {
  const missing = await explain("/does/not/exist");
  expect(missing).toMatchObject({ stdout: "", exitCode: 1 });
  expect(missing.stderr).toContain("fix: set kubernetes:kubeconfig");
  expect((await explain(server.kubeconfig, "--stack=nowhere")).stderr).toContain(
    '  STACK\n    found:   "nowhere"',
  );
});
