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
  test("makes an object of its fields alone", () => {
    by("me", settings({ a: "1" }));
    expect(live()).toEqual(settings({ a: "1" }));
    expect(managersOf(world).get("ConfigMap apps/settings")).toEqual({ me: ['["data","a"]'] });
  });

  test("names all conflicts with their managers and paths, and changes nothing", () => {
    by("flux", settings({ a: "1" }, { "example.com/a.b": "1" }));
    by("helm", settings({ b: "1" }));
    expect(
      refusal(() => {
        by("me", settings({ a: "2", b: "2", c: "2" }, { "example.com/a.b": "2" }));
      }).split("\n"),
    ).toEqual([
      'The resource managed by field manager "me" had an apply conflict: Apply failed on configmaps "settings" with 3 conflicts:',
      'conflict with "flux": .data.a',
      'conflict with "flux": .metadata.annotations.example.com/a.b',
      'conflict with "helm": .data.b',
    ]);
    expect(live()).toEqual(settings({ a: "1", b: "1" }, { "example.com/a.b": "1" }));
  });

  test("takes over by force, and the other loses the field to it", () => {
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

  test("takes away what it applied before and does not any more, unless another owns it too", () => {
    by("flux", settings({ a: "1" }));
    by("me", settings({ a: "1", b: "1", c: "1" }));
    by("me", settings({ c: "1" }));
    expect(live()).toEqual(settings({ a: "1", c: "1" }));
    by("me", settings());
    expect(live()).toEqual(settings({ a: "1" }));
    by("flux", settings());
    expect(live()).toEqual(settings());
  });

  test("has what was there before anybody applied as its first manager", () => {
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

  test("knows whose the fields of an object are that somebody made", () => {
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

  test("that makes an object which the API server refuses changes neither the object nor its owners", () => {
    const broken = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "apps" } };
    expect(
      refusal(() => {
        by("me", broken);
      }),
    ).toBe('Service services "web" is invalid: spec: Invalid input: expected object, received undefined');
    expect([objects(world).size, managersOf(world).size]).toEqual([0, 0]);
  });
});
