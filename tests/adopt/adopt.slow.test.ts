import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { records } from "../../sandbox/providers/cloudflare/dns-record.ts";
import { zones } from "../../sandbox/providers/cloudflare/zones.ts";
import { objectAt, objects } from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { changeTailnet, DEFAULT_POLICY } from "../../sandbox/providers/tailscale/tailnet.ts";
import { callCounts, faults, injectFault } from "../../sandbox/world/api.ts";
import type { World } from "../../sandbox/world/world.ts";
import { ozilabConfig } from "../sandbox/lifecycle/ozilab-config.ts";
import { installVendorOperator } from "../sandbox/lifecycle/vendor-operator.ts";
import { shellProject } from "../support/shell-project.ts";

const VENDOR = { namespace: "tailscale-system", release: "vendor-operator", ingress: "traefik/funnel" };
const ADOPT = "node adopt/main.ts --stack=ozilab";
const project = await shellProject();
const basePolicyFile = join(project.folder, "stacks/ozilab.policy.hujson");
const basePolicy = readFileSync(basePolicyFile, "utf8");
afterAll(() => project.remove());

const inWorld = <T>(use: (world: World) => T) => project.shell.withWorld("ozilab", use);

function configure(names: Parameters<typeof ozilabConfig>[0]): void {
  writeFileSync(join(project.folder, "Pulumi.ozilab.yaml"), stringify({ config: ozilabConfig(names) }));
}

/** The text of one list: its title line and its entries. */
function list(output: string, title: string): string {
  return output.split(/\n\n(?=[A-Z][a-z])/).find((part) => part.startsWith(`${title}: `)) ?? "";
}

beforeEach(() => {
  configure({ namespace: VENDOR.namespace, releaseName: VENDOR.release, ingressName: "funnel" });
  writeFileSync(basePolicyFile, basePolicy);
  project.shell.prepare("ozilab");
  inWorld((world) => {
    changeTailnet(world, { policy: basePolicy, policyIsDefault: false });
    for (const [key] of [...faults(world)]) faults(world).delete(key);
    installVendorOperator(world, VENDOR);
    for (const [zoneId] of zones(world)) records(world, zoneId).delete("address");
  });
});

test("names the release, the Ingress and the address record that are in conflict, and writes nothing", async () => {
  configure({});
  inWorld((world) => {
    const [[zoneId] = [""]] = [...zones(world)];
    const record = { zoneId, name: "app.example.com", type: "A" as const, ttl: 1, content: "192.0.2.1" };
    records(world, zoneId).set("address", record);
  });
  const before = inWorld((world) => JSON.stringify([...objects(world)]));
  const { exitCode, stdout } = await project.shell.run(ADOPT);
  expect(exitCode).toBe(0);
  const conflicts = list(stdout, "In conflict");
  expect(conflicts).toContain(
    "set operator.releaseName: vendor-operator and operator.namespace: tailscale-system",
  );
  expect(conflicts).toContain("set publicEdge.funnel.ingressName: funnel");
  expect(conflicts).toContain("A 192.0.2.1 (ID address)");
  expect(conflicts).toMatch(/^In conflict: 3\n/);
  expect(stdout).not.toContain("vendor-secret");
  expect(existsSync(join(project.folder, "adopt.json"))).toBe(false);
  inWorld((world) => {
    expect(JSON.stringify([...objects(world)])).toBe(before);
    const writes = Object.keys(callCounts(world)).filter((name) => / (POST|PUT|PATCH|DELETE) /.test(name));
    expect(writes).toEqual([]);
  });
});

test("says which permission is missing, and looks at the rest", async () => {
  inWorld((world) => {
    const operation = "cloudflare GET /zones/{zone}/dns_records";
    injectFault(world, { operation, times: 100, effect: { status: 403 } });
    injectFault(world, { operation: "kubernetes LIST Secret", times: 100, effect: { status: 403 } });
  });
  const { exitCode, stdout } = await project.shell.run(ADOPT);
  expect(exitCode).toBe(0);
  const unread = list(stdout, "Not looked at");
  expect(unread).toMatch(/^Not looked at: 2\n/);
  expect(unread).toContain("the permission DNS Read");
  expect(unread).toContain("the verb list on kind Secret in all namespaces");
  expect(list(stdout, "Taken over with these changes")).toContain(
    "Ingress traefik/funnel (ID traefik/funnel)",
  );
});

test("saves the live policy as the base policy, and then nothing of it would be lost", async () => {
  const policy = '// By hand\n{"groups": {"group:ops": ["ops@example.com"]}}\n';
  inWorld((world) => {
    changeTailnet(world, { policy, policyIsDefault: false });
  });
  writeFileSync(basePolicyFile, "{}\n");
  expect(list((await project.shell.run(ADOPT)).stdout, "In conflict")).toContain("lost: groups: group:ops");

  const saved = await project.shell.run(`${ADOPT} --policy=write`);
  expect(saved).toMatchObject({ exitCode: 0 });
  expect(readFileSync(basePolicyFile, "utf8")).toBe(policy);
  expect(list(saved.stdout, "In conflict")).toBe("In conflict: 0");

  inWorld((world) => {
    changeTailnet(world, { policy: DEFAULT_POLICY, policyIsDefault: true });
  });
  const refused = await project.shell.run(`${ADOPT} --policy=write`);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("comment: // By hand");
  expect(readFileSync(basePolicyFile, "utf8")).toBe(policy);
});

test("an object of Flux is in conflict until its labels are removed", async () => {
  const label = (names: readonly string[]) => {
    inWorld((world) => {
      for (const key of ["Namespace tailscale-system", "Secret tailscale-system/operator-oauth"]) {
        const { metadata, ...object } = objectAt(world, key);
        const labels = Object.fromEntries(names.map((name) => [name, "infra"]));
        objects(world).set(key, { ...object, metadata: { ...metadata, labels } });
      }
    });
  };
  label(["helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace"]);
  const conflicts = list((await project.shell.run(ADOPT)).stdout, "In conflict");
  expect(conflicts.match(/^ {2}\S.*$/gm)).toEqual([
    "  Namespace tailscale-system",
    "  Secret tailscale-system/operator-oauth",
  ]);
  expect(conflicts).toContain("an object that Flux, HelmRelease infra/infra manages");
  label([]);
  const { stdout } = await project.shell.run(ADOPT);
  expect(list(stdout, "In conflict")).not.toContain("Flux");
  expect(list(stdout, "Taken over with these changes")).toContain(
    "Secret tailscale-system/operator-oauth (ID",
  );
});

test("refuses an unknown stack and an unknown value without a stack trace", async () => {
  const unknown = await project.shell.run("node adopt/main.ts --stack=nowhere");
  expect(unknown.exitCode).toBe(1);
  expect(unknown.stderr).toContain("a stack with a file in this folder");
  const value = await project.shell.run(`${ADOPT} --policy=read`);
  expect(value.stderr).toContain('found:   "read"');
  expect(value.stderr).not.toMatch(/^\s+at /m);
});
