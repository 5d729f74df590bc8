import { describe, expect, test } from "vitest";
import type { MockAnswers } from "../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../plan/recording/recording.ts";
import { publicEdge, publicEdgeAnswers, recordStack } from "../support/record-stack.ts";

const HEX = "0123456789abcdef".repeat(4);
const BYTES = "random:index/randomBytes:RandomBytes";
const ROUTER = "kubernetes:traefik.io/v1alpha1:IngressRoute";

/** Answers as after an `up` whose output `originLock` was this. */
function answers(stage?: object): MockAnswers {
  const edge = publicEdgeAnswers("ozilab-edge.tail1234.ts.net");
  return {
    newResource: (resource) =>
      resource.type === BYTES
        ? { id: "-", state: { hex: `${resource.name}-${HEX}` } }
        : edge.newResource?.(resource),
    call: (call) =>
      call.token === "pulumi:pulumi:readStackOutputs" &&
      (call.inputs as { name: string }).name === "organization/tailnet-edge/ozilab"
        ? { name: "-", outputs: { ...(stage && { originLock: stage }) }, secretOutputNames: [] }
        : edge.call?.(call),
  };
}

const record = async (
  originLock: unknown,
  stage?: object,
  hostnames: readonly unknown[] = ["app.example.com"],
) =>
  await recordStack("ozilab", {
    config: { publicEdge: { ...publicEdge(hostnames), originLock } },
    answers: answers(stage),
  });

const names = ({ resources }: Recording, type: RegExp) =>
  resources.filter((resource) => type.test(resource.type)).map(({ name }) => name);
const LOCK = /random:|traefik\.io/;

test("without a lock, nothing of it exists", async () => {
  for (const stage of [undefined, { serial: 3, enforced: false }]) {
    const recording = await record(false, stage);
    expect(names(recording, LOCK)).toEqual([]);
    expect(names(recording, /ZoneRules/)).not.toContain("example.com-lock-rules");
    expect(recording.outputs).not.toHaveProperty("originLock");
  }
});

test("turning the lock off deletes the router only, and the secret is sent until the next up", async () => {
  const recording = await record(false, { serial: 3, enforced: true });
  expect(names(recording, LOCK)).toEqual(["origin-lock-3"]);
  expect(names(recording, /ZoneRules/)).toContain("example.com-lock-rules");
  expect(recording.outputs["originLock"]).toEqual({ serial: 3, enforced: false });
});

test("the offline plan shows the lock as after its first up", async () => {
  const recording = await recordStack("ozilab", {
    config: { publicEdge: { ...publicEdge(["app.example.com"]), originLock: true } },
  });
  expect(names(recording, LOCK).toSorted()).toEqual(["origin-lock-1", "traefik-lock", "traefik-lock-refuse"]);
  expect(recording.outputs["originLock"]).toEqual({ serial: 1, enforced: true });
});

test("the lock is in the backend's namespace and named after the Funnel, and its secret is masked", async () => {
  const recording = await record({ serial: 7, entryPoints: ["websecure"] });
  const router = recording.resources.find(({ type }) => type === ROUTER);
  expect(router?.inputs["metadata"]).toMatchObject({ name: "ozilab-edge-lock", namespace: "traefik" });
  expect(router?.secretInputs).toEqual(["spec.routes[0].match"]);
  expect(JSON.stringify(recording)).not.toContain(HEX);
  expect(recording.outputs["originLock"]).toEqual({ serial: 7, enforced: true });
});

test("the router is created after everything that sends the secret, and after its middleware", async () => {
  const recording = await record(true, undefined, [
    "app.example.com",
    { host: "api.example.com", via: "worker" },
  ]);
  const router = recording.resources.find(({ type }) => type === ROUTER);
  const waited = router?.dependsOn.map((urn) => urn.split("::").at(-1)).toSorted();
  expect(waited).toEqual(
    ["edge-worker-script", "example.com-lock-rules", "origin-lock-1", "traefik-lock-refuse"].toSorted(),
  );
  // Cloudflare takes a while to use the rules everywhere.
  expect(router?.options.hooks).toEqual(["beforeCreate traefik-lock-settled"]);
});

test("enforce: false sends the secret and creates nothing in the cluster", async () => {
  const recording = await record({ enforce: false });
  expect(names(recording, LOCK)).toEqual(["origin-lock-1"]);
  expect(names(recording, /ZoneRules/)).toContain("example.com-lock-rules");
  expect(recording.outputs["originLock"]).toEqual({ serial: 1, enforced: false });
});

describe("a rotation", () => {
  test("first makes Traefik accept both secrets, by a patch that is never deleted from the cluster", async () => {
    const recording = await record({ serial: 2 }, { serial: 1, enforced: true });
    expect(names(recording, LOCK).toSorted()).toEqual([
      "origin-lock-1",
      "origin-lock-2",
      "origin-lock-accepted",
      "traefik-lock",
      "traefik-lock-refuse",
    ]);
    const patch = recording.resources.find(({ name }) => name === "origin-lock-accepted");
    const router = recording.resources.find(({ type }) => type === ROUTER);
    expect(patch?.inputs["metadata"]).toEqual(router?.inputs["metadata"]);
    expect([patch?.options.retainOnDelete, patch?.secretInputs]).toEqual([true, ["spec.routes[0].match"]]);
    // The patch of a rotation right after another one is an update.
    expect(patch?.options.hooks).toEqual([
      "afterCreate origin-lock-accepted-settled",
      "afterUpdate origin-lock-accepted-settled",
    ]);
    const rules = recording.resources.find(({ name }) => name === "example.com-lock-rules");
    expect(rules?.dependsOn).toContain(patch?.urn);
  });

  test("is over in the next up", async () => {
    const recording = await record({ serial: 2 }, { serial: 2, enforced: true });
    expect(names(recording, LOCK).toSorted()).toEqual([
      "origin-lock-2",
      "traefik-lock",
      "traefik-lock-refuse",
    ]);
  });
});
