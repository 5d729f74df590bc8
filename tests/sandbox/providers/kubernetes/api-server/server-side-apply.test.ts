import { beforeEach, describe, expect, test } from "vitest";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import {
  apply,
  forgetManagers,
  managersOf,
  recordManager,
} from "../../../../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import { MemoryWorld } from "../../../../../sandbox/world/world.ts";

const settings = (data?: object, annotations?: object): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: {
    name: "settings",
    namespace: "apps",
    ...(annotations && { annotations: annotations as never }),
  },
  ...(data && { data: data as never }),
});

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
});

const by = (manager: string, object: KubernetesObject, force = false) => {
  apply(world, object, manager, force);
};
const live = () => objects(world).get("ConfigMap apps/settings");
const refusal = (attempt: () => void): string => {
  try {
    attempt();
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("an apply", () => {
  test("creates an object with its fields alone", () => {
    by("me", settings({ a: "1" }));
    expect(live()).toEqual(settings({ a: "1" }));
    expect(managersOf(world).get("ConfigMap apps/settings")).toEqual({ me: ['["data","a"]'] });
  });

  test("reports all conflicts with managers and paths, and changes nothing", () => {
    by("flux", settings({ a: "1" }, { "example.com/a.b": "1" }));
    by("helm", settings({ b: "1" }));
    expect(
      refusal(() => {
        by("me", settings({ a: "2", b: "2", c: "2" }, { "example.com/a.b": "2" }));
      }).split("\n"),
    ).toEqual([
      'Apply failed with 3 conflicts: conflicts with "flux":',
      "- .data.a",
      "- .metadata.annotations.example.com/a.b",
      'conflicts with "helm":',
      "- .data.b",
    ]);
    expect(live()).toEqual(settings({ a: "1", b: "1" }, { "example.com/a.b": "1" }));
  });

  test("takes over a field by force, and the other manager loses it", () => {
    by("flux", settings({ a: "1", b: "1" }));
    by("me", settings({ a: "2" }), true);
    expect(
      refusal(() => {
        by("flux", settings({ a: "1", b: "1" }));
      }),
    ).toContain('conflict with "me": .data.a');
    by("flux", settings({ b: "1" }));
    expect(live()).toEqual(settings({ a: "2", b: "1" }));
  });

  test("removes fields that it applied before and now omits, unless another manager owns them too", () => {
    by("flux", settings({ a: "1" }));
    by("me", settings({ a: "1", b: "1", c: "1" }));
    by("me", settings({ c: "1" }));
    expect(live()).toEqual(settings({ a: "1", c: "1" }));
    by("me", settings());
    expect(live()).toEqual(settings({ a: "1" }));
    by("flux", settings());
    expect(live()).toEqual(settings());
  });

  test("conflicts with fields that were written before the first apply", () => {
    objects(world).set(keyOf(settings()), settings({ a: "1", b: "1" }));
    expect(
      refusal(() => {
        by("me", settings({ a: "2" }));
      }),
    ).toContain('conflict with "before-first-apply": .data.a');
    by("me", settings({ b: "1" }));
    by("me", settings());
    expect(live()).toEqual(settings({ a: "1", b: "1" }));
  });

  test("conflicts with the manager that created the object, until its record is removed", () => {
    objects(world).set(keyOf(settings()), settings({ a: "1" }));
    recordManager(world, settings({ a: "1" }), "maker");
    expect(
      refusal(() => {
        by("me", settings({ a: "2" }));
      }),
    ).toContain('conflict with "maker": .data.a');
    forgetManagers(world, "ConfigMap apps/settings");
    expect(
      refusal(() => {
        by("me", settings({ a: "2" }));
      }),
    ).toContain('conflict with "before-first-apply"');
  });

  test("that would make the object invalid changes neither the object nor its managers", () => {
    const broken = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "apps" } };
    expect(
      refusal(() => {
        by("me", broken);
      }),
    ).toBe('Service services "web" is invalid: spec: Invalid input: expected object, received undefined');
    expect([objects(world).size, managersOf(world).size]).toEqual([0, 0]);
  });
});
