import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { releases } from "../../../sandbox/providers/kubernetes/helm/release.ts";
import { operatorPods } from "../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { changeTailnet, credentials } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { deviceNames } from "../device-names.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";
import { importVendorOperator, installVendorOperator, type VendorOperator } from "./vendor-operator.ts";

/** As Helm's command line, Flux and Fleet name a release. */
const VENDOR: VendorOperator = {
  namespace: "tailscale-system",
  release: "edge-infra-tailscale-operator",
  ingress: "traefik/funnel",
};

const ADOPTING = {
  namespace: VENDOR.namespace,
  releaseName: VENDOR.release,
  ingressName: "funnel",
} satisfies Partial<OzilabChanges>;

const project = await RealProject.create<OzilabChanges>({ configOf: ozilabConfig });

afterAll(async () => {
  await project.remove();
});

beforeEach(() => {
  project.reset();
  project.withWorld((world) => {
    const policy = '{"tagOwners": {"tag:k8s-operator": [], "tag:k8s": ["tag:k8s-operator"]}}';
    changeTailnet(world, { policy, settings: { httpsEnabled: true } });
    installVendorOperator(world, VENDOR);
  });
});

const names = () => project.withWorld(deviceNames);

describe("an operator that somebody installed with the vendor's chart", () => {
  test("is adopted with its release, Secret, CRDs and the Funnel's name", async () => {
    project.configure(ADOPTING);
    expect((await importVendorOperator(project, VENDOR)).errors).toEqual([]);
    expect(names()).toEqual(["ozilab-edge", "tailscale-operator"]);
    const done = await project.upInOrder(ADOPTING);
    expect(done.filter((step) => / (Namespace|Secret|Release|Ingress) /.test(step))).toEqual([
      "update Namespace operator-namespace",
      "update Secret operator-login",
      "update Release operator-release",
      "update Ingress funnel",
    ]);
    // The same machines under the same names, now with the credentials of the stack.
    expect(names()).toEqual(["ozilab-edge", "ozilab-operator"]);
    project.withWorld((world) => {
      const secret = objects(world).get(`Secret ${VENDOR.namespace}/operator-oauth`);
      const own = credentials(world)
        .values()
        .find(({ id }) => id !== "vendor");
      expect(secret?.data?.["client_id"]).toBe(Buffer.from(own?.id ?? "").toString("base64"));
      expect(secret?.metadata.deletionTimestamp).toBeUndefined();
      expect(
        operatorPods(world)
          .values()
          .map(({ state, login }) => [state, login?.credentialId]),
      ).toEqual([["Running", own?.id]]);
      expect(objects(world).has("CustomResourceDefinition proxyclasses.tailscale.com")).toBe(true);
      expect([...releases(world)].map(([key, { revision }]) => [key, revision])).toEqual([
        [`${VENDOR.namespace}/${VENDOR.release}`, 2],
      ]);
      expect(incidents(world).values()).toEqual([]);
    });
    expect(await project.up(ADOPTING)).toEqual([]);
  });

  test("is never installed over without an import", async () => {
    const before = project.withWorld((world) => [...objects(world)].length);
    project.configure({ namespace: VENDOR.namespace, releaseName: VENDOR.release });
    const { ok, errors } = await project.run("up");
    expect([ok, errors.join("\n")]).toEqual([
      false,
      expect.stringContaining('namespaces "tailscale-system" already exists'),
    ]);
    expect(project.withWorld((world) => [...objects(world)].length)).toBeGreaterThanOrEqual(before);
  });

  test("leaves CRDs that a stack with the same names takes over", async () => {
    project.configure(ADOPTING);
    await importVendorOperator(project, VENDOR);
    await project.up(ADOPTING);
    expect((await project.run("destroy")).ok).toBe(true);
    expect(project.withWorld((world) => objects(world).has("Namespace tailscale-system"))).toBe(false);

    project.configure({ ...ADOPTING, releaseName: "other" });
    const { ok, errors } = await project.run("up");
    expect([ok, errors.join("\n")]).toEqual([
      false,
      expect.stringContaining(
        `invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "other": current value is "${VENDOR.release}"`,
      ),
    ]);
    await project.up(ADOPTING);
    expect(await project.up(ADOPTING)).toEqual([]);
  });
});
