import { describe, expect, test } from "vitest";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import { DEFAULT_LIMITS } from "../../../providers/object-fields/cleanup.ts";
import { ObjectFieldsResource } from "../../../providers/object-fields/object-fields-resource.ts";
import { driftNote } from "../../../providers/object-fields/report.ts";

const fields = { spec: { type: "ClusterIP" } };
const live: LiveObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "git",
    namespace: "apps",
    managedFields: [{ manager: "own", fieldsV1: { "f:spec": { "f:type": {} } } }],
  },
  ...fields,
};
const PLACE = { apiVersion: "v1", kind: "Service", namespace: "apps", name: "git" };
const INPUTS = { ...PLACE, fields, force: false, creates: false, onDelete: "release" };

const managers: string[] = [];
const resource = new ObjectFieldsResource(() =>
  Promise.resolve({
    read: () => Promise.resolve(live),
    apply: (_, { fieldManager }) => {
      managers.push(fieldManager);
      return Promise.resolve();
    },
  }),
);

const about = (name = "links") => ({
  resource: { project: "tailnet-edge", stack: "tazlab", name },
  log: { info: () => undefined, warn: () => undefined },
});

describe("fields of an object of others", () => {
  test.each([
    ["force", true],
    ["creates", true],
    ["onDelete", "keep"],
    ["awaitedFinalizer", "example.com/finalizer"],
  ])("are updated for a changed setting: %s", async (path, value) => {
    const changes = await resource.diff({
      ...about(),
      olds: { ...INPUTS, fieldManager: "own" },
      news: { ...INPUTS, [path]: value },
    });
    expect(changes).toEqual([{ path, kind: "UPDATE", fromInputs: true }]);
  });

  test("have a field manager of at most 128 characters, a different one for each resource", async () => {
    const prefix = "tailnet-edge-tazlab-";
    const longest = "a".repeat(128 - prefix.length);
    managers.length = 0;
    for (const name of ["links", longest, `${longest}a`, `${longest}b`])
      await resource.create({ ...about(name), news: INPUTS });
    expect(managers.map((name) => name.length)).toEqual([prefix.length + 5, 128, 128, 128]);
    expect(managers.slice(0, 2)).toEqual([`${prefix}links`, prefix + longest]);
    expect(new Set(managers).size).toBe(4);
  });

  test("wait ten minutes for a controller's cleanup by default, and ask every second", () => {
    const { attempts, pauseMs } = DEFAULT_LIMITS;
    expect([(attempts * pauseMs) / 60_000, pauseMs]).toEqual([10, 1000]);
  });

  test("that changed are reported with the other managers, and not with those of a stack", () => {
    const managedFields = [
      "tailnet-edge-tazlab-links",
      "flux",
      "flux",
      "tailnet-edge-ozilab-links",
      "kubectl",
    ];
    const changed = {
      ...live,
      metadata: { ...live.metadata, managedFields: managedFields.map((manager) => ({ manager })) },
    };
    expect(driftNote(PLACE, changed, [{ path: "fields.spec.type", kind: "UPDATE" }]).split("\n")).toEqual([
      "changed by others since the last update: spec.type of the Service apps/git",
      "other field managers of this object: flux, kubectl",
      "fix: run pulumi up, which sets these fields again; remove them where the other manager defines them",
    ]);
  });
});
