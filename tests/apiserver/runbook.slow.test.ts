import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { runbookBlocks } from "../../sandbox/rehearse/runbook.ts";
import { kubectlBinary } from "../support/kubectl.ts";
import { startApiServer } from "./api-server.ts";
import { poll } from "./poll.ts";

const server = await startApiServer();
const folder = await kubectlBinary();
afterAll(() => server.stop());

const bash = async (command: string, input = "") => {
  const { stdout, stderr, exitCode } = await execa({
    env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, KUBECONFIG: server.kubeconfig },
    input,
    reject: false,
  })("bash", ["-euo", "pipefail", "-c", command]);
  return { stdout, stderr, exitCode };
};

const BLOCKS = runbookBlocks();
const ran = new Set<string>();

/** Runs a block's commands. @returns what each printed */
async function runBlock(name: string) {
  ran.add(name);
  const results = [];
  for (const { text } of BLOCKS.get(name) ?? []) results.push(await bash(text));
  expect(results.length).toBeGreaterThan(0);
  return results;
}

const named = (name: string, namespace?: string, more: object = {}) => ({
  metadata: { name, ...(namespace !== undefined && { namespace }), ...more },
});
const container = { name: "operator", image: "operator:1" };
const labels = { app: "operator" };
const helmRecord = (version: number, status: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  type: "helm.sh/release.v1",
  ...named(`sh.helm.release.v1.tailscale-operator.v${version}`, "tailscale", {
    labels: { owner: "helm", name: "tailscale-operator", status, version: String(version) },
  }),
});
const OBJECTS: readonly object[] = [
  {
    apiVersion: "v1",
    kind: "Namespace",
    ...named("tailscale", undefined, { labels: { "pod-security.kubernetes.io/enforce": "baseline" } }),
  },
  { apiVersion: "v1", kind: "Namespace", ...named("traefik") },
  { apiVersion: "v1", kind: "Secret", ...named("operator-oauth", "tailscale") },
  helmRecord(1, "deployed"),
  helmRecord(2, "pending-upgrade"),
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    ...named("operator", "tailscale"),
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  },
  { apiVersion: "v1", kind: "ServiceAccount", ...named("default", "tailscale") },
  {
    apiVersion: "v1",
    kind: "Pod",
    ...named("operator-1", "tailscale", { labels }),
    spec: { containers: [container] },
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    ...named("coredns", "kube-system"),
    data: { Corefile: "ts.net:53 {\n    forward . 10.96.0.53\n}\n" },
  },
  {
    apiVersion: "v1",
    kind: "Pod",
    ...named("nameserver-1", "tailscale", { labels: { app: "nameserver" } }),
    spec: { containers: [container] },
  },
  { apiVersion: "v1", kind: "Namespace", ...named("homepage") },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    ...named("homepage", "homepage"),
    spec: {
      selector: { matchLabels: { app: "homepage" } },
      template: {
        metadata: { labels: { app: "homepage" } },
        spec: {
          containers: [
            { ...container, env: [{ name: "HOMEPAGE_ALLOWED_HOSTS", value: "home.example.com" }] },
          ],
        },
      },
    },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    ...named("ozilab-edge", "traefik", {
      finalizers: ["tailscale.com/finalizer"],
      annotations: { "tailscale.com/tags": "tag:k8s" },
    }),
    spec: {
      ingressClassName: "tailscale",
      defaultBackend: { service: { name: "traefik", port: { number: 443 } } },
    },
  },
];

// The API server creates it some time after its start.
beforeAll(async () => {
  await poll("the Namespace kube-system", 100, async () => {
    const { exitCode } = await bash("kubectl get namespace kube-system");
    return exitCode === 0 ? true : undefined;
  });
});

beforeEach(async () => {
  const apply = await bash(
    "kubectl apply --filename -",
    OBJECTS.map((object) => stringify(object)).join("---\n"),
  );
  expect(apply).toMatchObject({ exitCode: 0 });
});

test("the first look lists pods, objects and events, and reads the operator's log", async () => {
  const [pods, objects, events, logs] = await runBlock("kubectl-look");
  expect(pods?.stdout).toContain("operator-1");
  expect(objects?.stdout).toMatch(/traefik +ingress\S*\/ozilab-edge/);
  expect(events?.exitCode).toBe(0);
  // This server has no nodes, so it finds the Deployment's pod, which has no log yet.
  expect(logs).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  expect((await bash("kubectl logs --namespace tailscale deployment/none")).stderr).toContain("(NotFound)");
});

test("the contexts and the cluster's UID are shown", async () => {
  const [contexts, uid] = await runBlock("kubectl-cluster");
  expect(contexts?.stdout).toMatch(/^CURRENT +NAME +CLUSTER/);
  expect(uid?.stdout).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
});

test("the Secret is found, or NotFound", async () => {
  expect((await runBlock("kubectl-secret"))[0]?.stdout).toBe("operator-oauth");
  await bash("kubectl delete secret operator-oauth --namespace tailscale");
  expect((await runBlock("kubectl-secret"))[0]?.stderr).toContain("(NotFound)");
});

test("the namespace's Pod Security level is shown", async () => {
  expect((await runBlock("kubectl-pod-security"))[0]?.stdout).toContain(
    '"pod-security.kubernetes.io/enforce":"baseline"',
  );
});

test("an Ingress without a hostname is shown", async () => {
  const [list, description] = await runBlock("kubectl-ingress");
  expect(list?.stdout).toMatch(/traefik +ozilab-edge +<none>/);
  expect(description?.stdout).toMatch(/Name: +ozilab-edge/);
});

test("CoreDNS's block for the tailnet and the nameserver's pod are shown", async () => {
  const [corefile, pods] = await runBlock("kubectl-dns");
  expect(corefile?.stdout).toBe("ts.net:53 {\n    forward . 10.96.0.53\n}");
  expect(pods?.stdout).toMatch(/^NAME.*\nnameserver-1 [^\n]*$/);
});

test("each Ingress is shown with its annotations", async () => {
  const [{ stdout } = { stdout: "" }] = await runBlock("kubectl-annotations");
  expect(stdout).toMatch(/^ozilab-edge \{.*"tailscale.com\/tags":"tag:k8s".*\}$/m);
});

test("Homepage's hosts are shown", async () => {
  expect((await runBlock("kubectl-homepage"))[0]?.stdout).toBe(
    '[{"name":"HOMEPAGE_ALLOWED_HOSTS","value":"home.example.com"}]',
  );
});

test("only records of interrupted operations are deleted", async () => {
  const [list, deletion] = await runBlock("kubectl-pending");
  expect(list?.stdout).toContain("sh.helm.release.v1.tailscale-operator.v2");
  expect(deletion?.stdout).toBe(
    'secret "sh.helm.release.v1.tailscale-operator.v2" deleted from tailscale namespace',
  );
  const { stdout } = await bash("kubectl get secret --namespace tailscale --output name");
  expect(stdout).toContain("tailscale-operator.v1");
  expect(stdout).not.toContain("tailscale-operator.v2");
});

test("a finalizer that nobody removes is removed", async () => {
  await bash("kubectl delete ingress ozilab-edge --namespace traefik --wait=false");
  const [shown] = await runBlock("kubectl-finalizer");
  expect(shown?.stdout).toContain("tailscale.com/finalizer");
  const gone = await bash("kubectl get ingress ozilab-edge --namespace traefik");
  expect(gone.stderr).toContain("(NotFound)");
});

test("the Ingress of a proxy is deleted", async () => {
  await bash(
    `kubectl patch ingress ozilab-edge -n traefik --type merge -p '{"metadata":{"finalizers":null}}'`,
  );
  expect((await runBlock("kubectl-name"))[0]?.stdout).toContain('"ozilab-edge" deleted');
});

test("every kubectl block of the runbook ran", () => {
  expect([...BLOCKS.keys()].filter((name) => name.startsWith("kubectl-")).toSorted()).toEqual(
    [...ran].toSorted(),
  );
});
