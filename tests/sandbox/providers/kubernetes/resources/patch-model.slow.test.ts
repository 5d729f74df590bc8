import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { apply } from "../../../../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../../../inline-project.ts";

let project: InlineProject;

const corefile: KubernetesObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "coredns", namespace: "kube-system" },
  data: { Corefile: ".:53 {}", NodeHosts: "192.168.1.2 node" },
};

const homepage: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "homepage", namespace: "apps" },
  spec: { template: { spec: { containers: [{ name: "homepage", image: "homepage:1" }] } } },
};

/** Has no type: a patch could not change one that another manager owns. */
const web: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "apps" },
  spec: { clusterIP: "10.43.0.9", selector: { app: "web" }, ports: [{ port: 80 }] },
};

beforeAll(async () => {
  project = await InlineProject.create({}, ["kubernetes:enableConfigMapMutable: true"]);
});

beforeEach(() => {
  project.reset({
    objects: [corefile, homepage, web],
    pods: [{ namespace: "apps", labels: { app: "web" } }],
    addressPool: "192.168.1.240-192.168.1.240",
  });
});

afterAll(async () => {
  await project.remove();
});

const live = (key: string) => project.session.withWorld((world) => objects(world).get(key));
const editByHand = (object: KubernetesObject) => {
  project.session.withWorld((world) => {
    objects(world).set(keyOf(object), object);
  });
};

const configMap = (data: object, name = "coredns", annotations?: object, type = "ConfigMapPatch") =>
  resource(`kubernetes:core/v1:${type}`, "settings", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "kube-system", ...(annotations && { annotations }) },
    data,
  });
const servicePatch = (spec: object) =>
  resource("kubernetes:core/v1:ServicePatch", "web", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "apps" },
    spec,
  });
const containersPatch = (...containers: object[]) =>
  resource("kubernetes:apps/v1:DeploymentPatch", "links", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "homepage", namespace: "apps" },
    spec: { template: { spec: { containers } } },
  });

describe("a patch", () => {
  test("adds fields to an object of others, and gives them up when deleted", async () => {
    const patched = () => configMap({ custom: "a" });
    expect(stepsOf(await project.up(patched))).toEqual(["create settings"]);
    expect(live("ConfigMap kube-system/coredns")?.data).toEqual({ ...corefile.data, custom: "a" });
    expect(stepsOf(await project.up(patched))).toEqual([]);
    expect(stepsOf(await project.up(() => configMap({ other: "b" })))).toEqual(["update settings"]);
    expect(live("ConfigMap kube-system/coredns")?.data).toEqual({ ...corefile.data, other: "b" });
    expect((await project.destroy()).errors).toEqual([]);
    expect(live("ConfigMap kube-system/coredns")).toEqual(corefile);
  });

  test("creates a missing object, and leaves it empty when deleted", async () => {
    expect((await project.up(() => configMap({ a: "1" }, "coredns-custom"))).errors).toEqual([]);
    expect(live("ConfigMap kube-system/coredns-custom")?.data).toEqual({ a: "1" });
    await project.destroy();
    expect(live("ConfigMap kube-system/coredns-custom")?.data).toBeUndefined();
  });

  test("fails with the owner's name for a field of another manager, and takes it over by force", async () => {
    const wanted = { Corefile: "mine" };
    expect(failuresOf(await project.up(() => configMap(wanted)))).toEqual([
      expect.stringContaining(
        'Apply failed with 1 conflict: conflict with "before-first-apply": .data.Corefile',
      ),
    ]);
    expect(live("ConfigMap kube-system/coredns")).toEqual(corefile);
    const force = { "pulumi.com/patchForce": "true" };
    expect((await project.up(() => configMap(wanted, "coredns", force))).errors).toEqual([]);
    expect(live("ConfigMap kube-system/coredns")?.data).toEqual({ ...corefile.data, Corefile: "mine" });
  });

  test("that would make the object invalid changes nothing", async () => {
    const run = await project.up(() =>
      containersPatch({ name: "homepag", env: [{ name: "A", value: "1" }] }),
    );
    expect(failuresOf(run).join()).toContain(
      'Deployment deployments.apps "homepage" is invalid: spec.template.spec.containers.1.image: Required value',
    );
    expect(live("Deployment apps/homepage")).toEqual(homepage);
  });

  test("of a deleted object can be deleted only if an empty object of its kind is valid", async () => {
    await project.up(() => {
      configMap({ a: "1" });
      servicePatch({ externalTrafficPolicy: "Local" });
    });
    project.session.withWorld((world) => {
      for (const key of ["ConfigMap kube-system/coredns", "Service apps/web"]) objects(world).delete(key);
    });
    const run = await project.destroy();
    expect(run.errors.join()).toContain('Service services "web" is invalid');
    expect(live("ConfigMap kube-system/coredns")?.data).toBeUndefined();
  });

  test("needs the object's name, and has no property that is unknown to the kind", async () => {
    const run = await project.up(() =>
      resource("kubernetes:core/v1:ServicePatch", "web", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { namespace: "apps" },
        spec: { loadBalancerClas: "tailscale" },
      }),
    );
    expect(run.errors.join("\n")).toContain("spec.loadBalancerClas");
    const nameless = await project.up(() =>
      resource("kubernetes:core/v1:ServicePatch", "web", { apiVersion: "v1", kind: "Service", metadata: {} }),
    );
    expect(nameless.errors.join("\n")).toContain("required: the name of the object to patch");
  });

  test("to type LoadBalancer waits for the address, and fails without one", async () => {
    await project.up(() => servicePatch({ type: "LoadBalancer" }));
    expect(live("Service apps/web")?.status).toEqual({
      loadBalancer: { ingress: [{ ip: "192.168.1.240" }] },
    });
    await project.destroy();
    editByHand({
      ...web,
      metadata: { ...web.metadata, name: "other" },
      spec: { ...web.spec, type: "LoadBalancer" },
    });
    const run = await project.up(() => servicePatch({ type: "LoadBalancer" }));
    expect(failuresOf(run).join()).toContain(
      "Service was not allocated an IP address (AllocationFailed: Failed to allocate IP: no available IPs)",
    );
  });

  test("refreshes only its own fields", async () => {
    const patched = () => containersPatch({ name: "homepage", env: [{ name: "A", value: "1" }] });
    await project.up(patched);
    const container = (value: string, image: string) => ({
      name: "homepage",
      image,
      // Before ours, an entry of the owner would be compared with it: the provider pairs lists by index.
      env: [
        { name: "A", value },
        { name: "B", value: "2" },
      ],
    });
    const changed = (value: string) => {
      editByHand({
        ...homepage,
        spec: { template: { spec: { containers: [container(value, "homepage:2")] } } },
      });
    };
    changed("1");
    expect(stepsOf(await project.refresh())).toEqual([]);
    changed("9");
    expect(stepsOf(await project.refresh())).toEqual(["update links"]);
    expect(stepsOf(await project.up(patched))).toEqual(["update links"]);
    expect(live("Deployment apps/homepage")?.spec).toEqual({
      template: { spec: { containers: [container("1", "homepage:2")] } },
    });
  });
});

test("an object's update keeps the fields of other managers, and fails if it conflicts with one", async () => {
  const made = (data: object) => configMap(data, "own", undefined, "ConfigMap");
  await project.up(() => made({ a: "1" }));
  const flux = { ...corefile, metadata: { name: "own", namespace: "kube-system" }, data: { b: "2" } };
  project.session.withWorld((world) => {
    apply(world, flux, "flux", false);
  });
  expect(stepsOf(await project.up(() => made({ a: "2" })))).toEqual(["update settings"]);
  expect(live("ConfigMap kube-system/own")?.data).toEqual({ a: "2", b: "2" });
  const run = await project.up(() => made({ a: "2", b: "3" }));
  expect(failuresOf(run).join()).toContain('conflict with "flux": .data.b');
  expect(live("ConfigMap kube-system/own")?.data).toEqual({ a: "2", b: "2" });
});
