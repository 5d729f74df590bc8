import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KubernetesClient } from "../../live/kubernetes-client.ts";
import { ObjectFieldsResource } from "../../providers/object-fields/object-fields-resource.ts";
import type { Props } from "../../providers/protocol/local-resource.ts";
import { plainSettings } from "../live/settings.ts";
import type { Manifest } from "../support/manifest.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { configMap, deployment, pods, service, web } from "./scenario-objects.ts";

let server: ApiServer;
let client: KubernetesClient;
let resource: ObjectFieldsResource;
let warnings: string[] = [];

beforeAll(async () => {
  server = await startApiServer();
  client = await KubernetesClient.fromSettings(plainSettings({ "kubernetes:kubeconfig": server.kubeconfig }));
  resource = new ObjectFieldsResource(() => Promise.resolve(client), { attempts: 3, pauseMs: 1 });
});

beforeEach(() => {
  warnings = [];
});

afterAll(async () => {
  await server.stop();
});

const about = {
  resource: { project: "tailnet-edge", stack: "tazlab", name: "links" },
  log: { info: () => undefined, warn: (message: string) => warnings.push(message) },
};

/** The inputs for some fields of an object, with the defaults of the program's class. */
function fieldsOf({ apiVersion, kind, metadata }: Manifest, fields: Props, more: Props = {}): Props {
  const { name, namespace = "default" } = metadata;
  return {
    apiVersion,
    kind,
    name,
    namespace,
    fields,
    force: false,
    creates: false,
    onDelete: "release",
    ...more,
  };
}

const variables = (...env: readonly object[]) => ({
  spec: { template: { spec: { containers: [{ name: "web", env }] } } },
});
const read = async (object: Manifest) => await server.client.read(object);
const envOf = (object: Manifest) => {
  const { spec } = object as unknown as {
    spec: { template: { spec: { containers: { env?: object[] }[] } } };
  };
  return spec.template.spec.containers[0]?.env;
};
const diff = async (olds: Props, news: Props) => await resource.diff({ ...about, olds, news });

describe("environment of a container that has entries of its owner", () => {
  const owner = deployment(
    pods([
      {
        ...web,
        env: [
          { name: "TZ", value: "UTC" },
          { name: "HOSTS", value: "old" },
          { name: "Z", value: "1" },
        ],
      },
    ]),
  );
  const wanted = fieldsOf(owner, variables({ name: "HOSTS", value: "new" }, { name: "LINK", value: "a" }), {
    force: true,
    onDelete: "keep",
  });
  let state: Props;

  test("gains the stack's entries, keeps the others, and has no further change", async () => {
    await server.client.apply(owner, { fieldManager: "flux" });
    expect(await resource.check({ ...about, news: wanted })).toEqual([]);
    const created = await resource.create({ ...about, news: wanted });
    state = created.outputs;
    expect(created.id).toBe("Deployment default/web");
    expect(state["fieldManager"]).toBe("tailnet-edge-tazlab-links");
    expect(envOf(await read(owner))).toEqual([
      { name: "TZ", value: "UTC" },
      { name: "HOSTS", value: "new" },
      { name: "Z", value: "1" },
      { name: "LINK", value: "a" },
    ]);
    expect(await diff(state, wanted)).toEqual([]);
    expect(await resource.read({ ...about, id: created.id, olds: state })).toEqual({
      id: created.id,
      inputs: wanted,
      outputs: state,
    });
  });

  test("shows a change of the program, with the entry that is given up", async () => {
    const next = { ...wanted, fields: variables({ name: "HOSTS", value: "newer" }) };
    const containers = "fields.spec.template.spec.containers[0]";
    expect(await diff(state, next)).toEqual([
      { path: `${containers}.env[0].value`, kind: "UPDATE", fromInputs: true },
      { path: `${containers}.env`, kind: "UPDATE", fromInputs: true },
    ]);
    expect(warnings).toEqual([]);
    state = await resource.update({ ...about, olds: state, news: next });
    expect(envOf(await read(owner))).toEqual([
      { name: "TZ", value: "UTC" },
      { name: "HOSTS", value: "newer" },
      { name: "Z", value: "1" },
    ]);
    expect(await diff(state, next)).toEqual([]);
  });

  test("is set again after its owner has reset it, with a warning that holds no value", async () => {
    await server.client.apply(owner, { fieldManager: "flux", force: true });
    const next = { ...wanted, fields: state["fields"] };
    expect(await diff(state, next)).toEqual([
      { path: "fields.spec.template.spec.containers[0].env[0].value", kind: "ADD", fromInputs: false },
    ]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^changed by others since the last update: spec\.template\.spec\.containers\[0\]\.env\[0\]\.value of the Deployment default\/web\n/,
    );
    expect(warnings[0]).toContain("other field managers of this object: flux");
    expect(warnings[0]).not.toContain("newer");
    await resource.update({ ...about, olds: state, news: next });
    expect(envOf(await read(owner))?.[1]).toEqual({ name: "HOSTS", value: "newer" });
    expect(await diff(state, next)).toEqual([]);
  });

  test("stays when the resource is deleted", async () => {
    await resource.delete({ ...about, olds: state });
    expect(envOf(await read(owner))?.[1]).toEqual({ name: "HOSTS", value: "newer" });
  });
});

describe("annotations of a Service", () => {
  const owner = service(
    "git",
    { spec: { selector: { app: "git" }, ports: [{ port: 22 }] } },
    { annotations: { note: "flux" } },
  );
  const annotations = { "tailscale.com/expose": "true", "tailscale.com/hostname": "git" };
  const wanted = fieldsOf(
    owner,
    { metadata: { annotations } },
    { awaitedFinalizer: "tailscale.com/finalizer" },
  );
  const finalizers = (list: readonly string[]) => ({
    ...owner,
    metadata: { ...owner.metadata, annotations: undefined, finalizers: list },
    spec: undefined,
  });
  let state: Props;

  test("are shown when others remove or change one", async () => {
    await server.client.apply(owner, { fieldManager: "flux" });
    ({ outputs: state } = await resource.create({ ...about, news: wanted }));
    expect(await diff(state, wanted)).toEqual([]);
    const edited = {
      ...owner,
      metadata: { ...owner.metadata, annotations: { "tailscale.com/hostname": "other" } },
    };
    await server.client.apply(edited, { fieldManager: "kubectl", force: true });
    expect(await diff(state, wanted)).toEqual([
      { path: 'fields.metadata.annotations["tailscale.com/hostname"]', kind: "ADD", fromInputs: false },
    ]);
  });

  test("that others own with another value are an error with the manager's name", async () => {
    const error = await resource.update({ ...about, olds: state, news: wanted }).catch((one: unknown) => one);
    expect((error as Error).message).toContain("Service default/git");
    expect((error as Error).message).toContain('conflict with "kubectl"');
    expect((error as Error).message).toContain(
      "fix:     remove these fields where the other manager defines them",
    );
    await server.client.apply(
      { ...owner, metadata: { ...owner.metadata, annotations: {} } },
      { fieldManager: "kubectl" },
    );
    state = await resource.update({ ...about, olds: state, news: wanted });
    expect(await diff(state, wanted)).toEqual([]);
  });

  test("are removed by a deletion, which fails while the controller's finalizer is there", async () => {
    await server.client.apply(finalizers(["tailscale.com/finalizer"]), { fieldManager: "operator" });
    await expect(resource.delete({ ...about, olds: state })).rejects.toThrow(
      "the finalizer tailscale.com/finalizer after 0.003 seconds",
    );
    expect((await read(owner)).metadata["annotations"]).toEqual({ note: "flux" });
    await server.client.apply(finalizers([]), { fieldManager: "operator" });
    await resource.delete({ ...about, olds: state });
  });

  test("need no deletion when the object is gone, and do not create it again", async () => {
    await server.client.delete(owner);
    await resource.delete({ ...about, olds: state });
    await expect(read(owner)).rejects.toMatchObject({ status: 404 });
    expect(await resource.read({ ...about, id: "Service default/git", olds: state })).toBeUndefined();
  });

  test("of a missing Service are refused in the preview of the first update, and of a later one", async () => {
    const [failure, ...others] = await resource.check({ ...about, news: wanted });
    expect([failure?.property, others]).toEqual(["name", []]);
    expect(failure?.reason).toMatch(/Service default\/git\n\s+found: {3}no such object in the cluster/);
    await expect(diff(state, wanted)).rejects.toThrow("no such object in the cluster");
    await expect(resource.update({ ...about, olds: state, news: wanted })).rejects.toThrow("no such object");
    await expect(read(owner)).rejects.toMatchObject({ status: 404 });
  });
});

test("a deletion does not create an object that disappears after it was read", async () => {
  const owner = service("brief", { spec: { ports: [{ port: 22 }] } });
  const wanted = fieldsOf(owner, { metadata: { annotations: { a: "1" } } });
  await server.client.apply(owner, { fieldManager: "flux" });
  const { outputs } = await resource.create({ ...about, news: wanted });
  const racing = new ObjectFieldsResource(() =>
    Promise.resolve({
      async read(...reference) {
        const found = await client.read(...reference);
        await server.client.delete(owner);
        return found;
      },
      apply: (...args) => client.apply(...args),
    }),
  );
  await expect(racing.delete({ ...about, olds: outputs })).rejects.toThrow("uid mismatch");
  await expect(read(owner)).rejects.toMatchObject({ status: 404 });
});

describe("a key of a ConfigMap that may be missing", () => {
  const owner = configMap("coredns-custom", {});
  const wanted = fieldsOf(owner, { data: { "tailnet-edge.server": "ts.net:53 {}" } }, { creates: true });

  test("creates it, and shows that somebody has deleted it", async () => {
    expect(await resource.check({ ...about, news: wanted })).toEqual([]);
    const { outputs } = await resource.create({ ...about, news: wanted });
    expect(await diff(outputs, wanted)).toEqual([]);
    await server.client.delete(owner);
    expect(await diff(outputs, wanted)).toEqual([{ path: "fields", kind: "ADD", fromInputs: false }]);
    await resource.update({ ...about, olds: outputs, news: wanted });
    expect((await read(owner))["data"]).toEqual({ "tailnet-edge.server": "ts.net:53 {}" });
    await server.client.delete(owner);
  });

  test("leaves the keys of others, whoever wrote first, and goes alone", async () => {
    const others = { "home.server": "home.arpa:53 {}" };
    const both = { ...others, "tailnet-edge.server": "ts.net:53 {}" };
    await server.client.apply({ ...owner, data: others }, { fieldManager: "flux" });
    const { outputs } = await resource.create({ ...about, news: wanted });
    expect((await read(owner))["data"]).toEqual(both);
    expect(await diff(outputs, wanted)).toEqual([]);

    const changed = { "home.server": "home.arpa:53 { log }", "lab.server": "lab:53 {}" };
    await server.client.apply({ ...owner, data: changed }, { fieldManager: "flux" });
    expect([await diff(outputs, wanted), warnings]).toEqual([[], []]);
    await resource.update({ ...about, olds: outputs, news: wanted });
    expect((await read(owner))["data"]).toEqual({ ...both, ...changed });

    await resource.delete({ ...about, olds: outputs });
    expect((await read(owner))["data"]).toEqual(changed);
  });
});

test("takes fields over from a patch of an earlier version, whose deletion then removes none", async () => {
  const owner = service("moved", { spec: { selector: { app: "git" }, ports: [{ port: 22 }] } });
  const annotations = { "tailscale.com/expose": "true", "tailscale.com/hostname": "moved" };
  const patch = { fieldManager: "pulumi-kubernetes-1a2b3c4d" };
  await server.client.apply(owner, { fieldManager: "flux" });
  await server.client.apply(service("moved", {}, { annotations }), patch);
  const wanted = fieldsOf(owner, { metadata: { annotations } });
  const { outputs } = await resource.create({ ...about, news: wanted });
  await server.client.apply(service("moved", {}), patch);
  expect((await read(owner)).metadata["annotations"]).toEqual(annotations);
  expect(await diff(outputs, wanted)).toEqual([]);
});

test("an item that the API server names by a default is found again", async () => {
  const owner = service("ports", { spec: { selector: { app: "a" }, ports: [{ name: "a", port: 80 }] } });
  await server.client.apply(owner, { fieldManager: "flux" });
  const wanted = fieldsOf(owner, { spec: { ports: [{ name: "b", port: 81 }] } });
  const { outputs } = await resource.create({ ...about, news: wanted });
  expect(await diff(outputs, wanted)).toEqual([]);
  const elsewhere = { ...wanted, name: "other" };
  expect(await diff(outputs, elsewhere)).toEqual([
    { path: "name", kind: "UPDATE_REPLACE", fromInputs: true },
  ]);
  const kept = { ...wanted, onDelete: "keep" };
  expect(await diff(outputs, kept)).toEqual([{ path: "onDelete", kind: "UPDATE", fromInputs: true }]);
});
