import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { releases } from "../../../sandbox/providers/kubernetes/helm/release.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { type ShellProject, shellProject } from "../../support/shell-project.ts";
import { deviceNames } from "../device-names.ts";
import { ImportSteps } from "./import-steps.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { installVendorOperator, type VendorOperator } from "./vendor-operator.ts";

const TUNNEL = "1b2c3d4e.cfargotunnel.com";
const HOSTNAMES = ["app.example.com", "www.example.com"];
/** As Helm's command line, Flux and Fleet name a release. */
const VENDOR: VendorOperator = {
  namespace: "tailscale-system",
  release: "edge-infra-tailscale-operator",
  ingress: "traefik/funnel",
};
const RELEASE = `${VENDOR.namespace}/${VENDOR.release}`;
let project: ShellProject;
let steps: ImportSteps;

beforeEach(async () => {
  project = await shellProject();
  steps = new ImportSteps(project);
  configure({ via: { cname: TUNNEL } });
  project.shell.prepare("ozilab");
  inWorld((world) => {
    installVendorOperator(world, VENDOR);
    createTunnelRecords(world);
  });
  await steps.run("pulumi stack init ozilab");
});

afterEach(async () => {
  await project.remove();
});

function configure(changes: Partial<OzilabChanges>): void {
  const names = { namespace: VENDOR.namespace, releaseName: VENDOR.release, ingressName: "funnel" };
  const config = ozilabConfig({ ...names, hostnames: HOSTNAMES, ...changes });
  writeFileSync(join(project.folder, "Pulumi.ozilab.yaml"), stringify({ config }));
}

function createTunnelRecords(world: World): void {
  const zoneId = zoneIdOf(world);
  for (const name of HOSTNAMES) {
    const record = { zoneId, name, type: "CNAME" as const, ttl: 1, proxied: true, content: TUNNEL };
    records(world, zoneId).set(recordId(name), record);
  }
}

const inWorld = <T>(use: (world: World) => T) => project.shell.withWorld("ozilab", use);
const zoneIdOf = (world: World) => [...zones(world)].map(([id]) => id).join();
const recordId = (hostname: string) => `record-${hostname}`;
const targets = () =>
  inWorld((world) => HOSTNAMES.map((name) => records(world, zoneIdOf(world)).get(recordId(name))?.content));

/** Next steps on what exists. */
async function nextOnExisting(): Promise<string[]> {
  const next = await steps.next();
  expect(next.filter((step) => !/^(create|update) /.test(step))).toEqual([]);
  return next.filter((step) => / (DnsRecord|Namespace|Secret|Release|Ingress) /.test(step)).sort();
}

test("a tunnel's records are adopted without a change, and move to the Funnel one by one", async () => {
  const lists = await steps.adopt("ozilab");
  const [unchanged = "", others = ""] = lists.split("Taken over with these changes");
  expect(unchanged.match(/DNS record \S+/g)).toEqual(HOSTNAMES.map((name) => `DNS record ${name}`));
  expect(others).toContain("In conflict: 0\n");
  expect(await nextOnExisting()).toEqual([
    "update Ingress funnel",
    "update Namespace operator-namespace",
    "update Release operator-release",
    "update Secret operator-login",
  ]);
  await steps.run("pulumi up --yes --skip-preview");
  expect(targets()).toEqual([TUNNEL, TUNNEL]);

  const [moved = "", kept = ""] = HOSTNAMES;
  configure({ hostnames: [moved, { host: kept, via: { cname: TUNNEL } }] });
  expect(await nextOnExisting()).toEqual([`update DnsRecord ${moved}`]);
  await steps.run("pulumi up --yes --skip-preview");
  expect(targets()).toEqual(["ozilab-edge.tail1234.ts.net", TUNNEL]);
  expect(inWorld((world) => incidents(world).values())).toEqual([]);
});

test("a release whose records Fleet deleted is installed over its objects, which keep their names", async () => {
  const before = inWorld((world) => {
    releases(world).delete(RELEASE);
    return [...objects(world)].map(([key]) => key);
  });
  await steps.adopt("ozilab");
  expect(await nextOnExisting()).toEqual([
    "create Release operator-release",
    "update Ingress funnel",
    "update Namespace operator-namespace",
    "update Secret operator-login",
  ]);
  await steps.run("pulumi up --yes --skip-preview");
  inWorld((world) => {
    expect(before.filter((key) => !objects(world).has(key))).toEqual([]);
    expect(deviceNames(world)).toEqual(["ozilab-edge", "ozilab-operator"]);
    expect(incidents(world).values()).toEqual([]);
  });
  await steps.run("pulumi preview --expect-no-changes");
});
