import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { operatorPods } from "../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { credentials, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { callCounts } from "../../../sandbox/world/api.ts";
import { deviceNames } from "../device-names.ts";
import { endState } from "./end-state.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";

interface BesideChanges {
  readonly proxyTags: readonly string[];
}

/** Another cluster of the same tailnet. The first stack manages the tailnet's policy. */
function besideConfig({ proxyTags = ["tag:k8s"] }: Partial<BesideChanges>) {
  const first = ozilabConfig({ zones: ["example.org"], hostnames: ["app.example.org"] });
  const publicEdge = first["tailnet-edge:publicEdge"];
  return {
    "tailnet-edge:tailnet": { name: "tail1234.ts.net", policy: "verified" },
    "tailnet-edge:operator": {
      ...first["tailnet-edge:operator"],
      hostname: "beside-operator",
      proxyTags,
    },
    "tailnet-edge:publicEdge": { ...publicEdge, funnel: { ...publicEdge.funnel, hostname: "beside-edge" } },
  };
}

let managed: RealProject<OzilabChanges>;
let verified: RealProject<BesideChanges>;

beforeAll(async () => {
  managed = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: [{ name: "example.com" }, { name: "example.org" }] },
  });
  verified = await RealProject.create({ configOf: besideConfig, beside: managed });
});

afterAll(async () => {
  await verified.close();
  await managed.remove();
});

const names = () => managed.withWorld(deviceNames);

/** One lifecycle of the tailnet: each test starts where the previous one ended. */
describe("two stacks on one tailnet", () => {
  test("the preview of the verifying stack fails and names the lines that the policy lacks", async () => {
    await managed.up();
    const before = managed.withWorld((world) => [endState(world), tailnet(world).policy]);
    verified.configure({ proxyTags: ["tag:beside"] });
    const preview = await verified.run("preview");
    expect(preview.ok).toBe(false);
    expect(preview.errors.join("\n")).toMatch(/tagOwners[^]*"tag:beside"/);
    expect(managed.withWorld((world) => [endState(world), tailnet(world).policy])).toEqual(before);
    expect(names()).toEqual(["ozilab-edge", "ozilab-operator"]);
  });

  test("the verifying stack comes up next to the other one, and writes no policy", async () => {
    const before = managed.withWorld(endState);
    const written = managed.withWorld((world) => callCounts(world)["tailscale POST /tailnet/{tailnet}/acl"]);
    const steps = await verified.up();
    expect(steps.filter((step) => step.includes("Acl"))).toEqual([]);
    expect(steps).toContain("create Namespace operator-namespace");
    expect(managed.withWorld((world) => callCounts(world)["tailscale POST /tailnet/{tailnet}/acl"])).toBe(
      written,
    );
    expect(names()).toEqual(["beside-edge", "beside-operator", "ozilab-edge", "ozilab-operator"]);
    const after = managed.withWorld(endState);
    expect([after.objects, after.operators]).toEqual([before.objects, before.operators]);
    expect([await managed.up(), await verified.up()]).toEqual([[], []]);
  });

  test("a rotation in one stack does not affect the other", async () => {
    const before = verified.withWorld(endState);
    await managed.up({ serial: 2 });
    const after = verified.withWorld(endState);
    expect([after.objects, after.operators, after.incidents]).toEqual([before.objects, before.operators, []]);
  });

  test("a revoked credential is reported for the cluster that uses it", async () => {
    const restore = managed.snapshot();
    const ids = verified
      .withWorld((world) => operatorPods(world).values())
      .map(({ login }) => login?.credentialId ?? "");
    managed.withWorld((world) => {
      for (const id of ids) credentials(world).delete(id);
    });
    await managed.up({ serial: 3 });
    expect(managed.withWorld((world) => incidents(world).values())).toEqual(
      ids.map((id) => `operator in tailscale runs with the revoked credential ${id}`),
    );
    restore();
  });

  test("destroying one stack leaves the other intact", async () => {
    const before = managed.withWorld(endState);
    const down = await verified.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    expect(stepsInOrder(down).every((step) => step.startsWith("delete "))).toBe(true);
    const left = managed.withWorld(endState);
    // No API call removes the operator's own device, so it stays after the stack is destroyed.
    expect(names()).toEqual(["beside-operator", "ozilab-edge", "ozilab-operator"]);
    expect({ ...left, ...PARTS_OF_BOTH }).toEqual({ ...before, ...PARTS_OF_BOTH });
    expect(left.records.map(({ name }) => name)).toEqual(["app.example.com"]);
    expect(left.rulesets.map(({ zoneId }) => zoneId)).toEqual([
      left.records[0]?.zoneId,
      left.records[0]?.zoneId,
      left.records[0]?.zoneId,
    ]);
    expect(left.credentials).toHaveLength(1);
    expect(await managed.up({ serial: 2 })).toEqual([]);
  });
});

/** Tables with entries of both stacks; checked one by one. */
const PARTS_OF_BOTH = { credentials: [], devices: [], records: [], rulesets: [] };
