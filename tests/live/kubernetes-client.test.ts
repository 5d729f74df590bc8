import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KubernetesClient } from "../../live/kubernetes-client.ts";
import { LiveError } from "../../live/live-error.ts";
import { ProviderSettings } from "../../live/provider-settings.ts";
import { type ApiServer, startApiServer } from "../apiserver/api-server.ts";
import { plainSettings } from "./settings.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await server.client.apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "home", namespace: "default", labels: { app: "home" }, annotations: { note: "kept" } },
    spec: { selector: { app: "home" }, ports: [{ port: 80 }] },
  });
});

afterAll(async () => {
  await server.stop();
});

async function clientOf(config: Readonly<Record<string, string>> = {}, limitMs?: number) {
  const settings = plainSettings({ "kubernetes:kubeconfig": server.kubeconfig, ...config });
  return await KubernetesClient.fromSettings(settings, limitMs);
}

async function errorOf(call: Promise<unknown>): Promise<LiveError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LiveError);
  return error as LiveError;
}

describe("reads", () => {
  test("an object as the server has it", async () => {
    const client = await clientOf();
    const reference = { namespace: "default", name: "home" };
    const stored = await server.client.read({ apiVersion: "v1", kind: "Service", metadata: reference });
    const service = await client.read("v1", "Service", reference);
    expect(service?.["spec"]).toEqual(stored["spec"]);
    expect(service).toMatchObject({
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...reference, labels: { app: "home" }, annotations: { note: "kept" } },
    });
    expect(service?.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["tailnet-edge"]);
    expect([client.context, client.server]).toEqual(["apiserver", server.url]);
  });

  test("nothing for an object or a kind that does not exist", async () => {
    const client = await clientOf();
    expect(await client.read("v1", "Service", { namespace: "default", name: "none" })).toBeUndefined();
    expect(await client.read("tailscale.com/v1alpha1", "DNSConfig", { name: "ts-dns" })).toBeUndefined();
    expect(await client.list("tailscale.com/v1alpha1", "ProxyGroup")).toBeUndefined();
  });

  test("objects by namespace and label, each with its kind", async () => {
    const client = await clientOf();
    const named = async (selection: Parameters<typeof client.list>[2]) =>
      (await client.list("v1", "Service", selection))?.map(
        ({ kind, metadata }) => `${kind} ${metadata.name}`,
      );
    expect(await named({ labelSelector: "app=home" })).toEqual(["Service home"]);
    expect(await named({ namespace: "default" })).toEqual(["Service home", "Service kubernetes"]);
    expect(await named({ namespace: "kube-system" })).toEqual([]);
  });
});

describe("kubeconfig", () => {
  test("may be the content, and KUBECONFIG may list files", async () => {
    const content = await readFile(server.kubeconfig, "utf8");
    const inline = await KubernetesClient.fromSettings(plainSettings({ "kubernetes:kubeconfig": content }));
    expect(inline.server).toBe(server.url);

    const other = join(server.kubeconfig, "..", "other-kubeconfig");
    await writeFile(other, content.replaceAll(/: apiserver$/gm, ": other"));
    const environment = { KUBECONFIG: `${server.kubeconfig}:${other}` };
    const settings = new ProviderSettings({ "kubernetes:context": "other" }, [], { values: {} }, environment);
    expect((await KubernetesClient.fromSettings(settings)).context).toBe("other");
  });

  test("without the stack's context is an issue that lists those it has", async () => {
    const { reason, issue } = await errorOf(clientOf({ "kubernetes:context": "prod" }));
    expect(reason).toBe("credential");
    expect(issue).toMatchObject({
      path: "kubernetes:context",
      found: '"prod"',
      allowed: "a context of the kubeconfig: apiserver",
    });
  });

  test("that cannot be read is an issue without its content", async () => {
    const missing = await errorOf(clientOf({ "kubernetes:kubeconfig": "/nowhere/config" }));
    expect(missing.issue.found).toContain("ENOENT");
    const broken = await errorOf(clientOf({ "kubernetes:kubeconfig": 'users: [{token: "s3cret"\n' }));
    expect([broken.reason, broken.issue.path]).toEqual(["credential", "kubeconfig"]);
    expect(JSON.stringify([broken.issue, broken.message])).not.toContain("s3cret");
  });
});

describe("failures", () => {
  test("a user without the right is denied, with the verb and the kind", async () => {
    const config = (await readFile(server.kubeconfig, "utf8")).replace(/token: .*/, "token: wrong");
    const client = await clientOf({ "kubernetes:kubeconfig": config });
    const { reason, issue } = await errorOf(client.read("v1", "Secret", { namespace: "default", name: "s" }));
    expect([reason, issue.path, issue.allowed]).toEqual([
      "denied",
      "Secret default/s",
      "a credential with the verb get on kind Secret",
    ]);
  });

  test("a server that does not answer ends at the time limit, a closed port at once", async () => {
    const silent: Server = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const config = (await readFile(server.kubeconfig, "utf8")).replace(server.url, url);
    const client = await clientOf({ "kubernetes:kubeconfig": config }, 200);
    const late = await errorOf(client.list("v1", "Service"));
    expect([late.reason, late.issue.path]).toEqual(["timeout", "objects of kind Service in all namespaces"]);
    silent.close();
    const closed = await clientOf({ "kubernetes:kubeconfig": config.replace(url, "https://127.0.0.1:1") });
    expect((await errorOf(closed.list("v1", "Service"))).reason).toBe("unreachable");
  });
});
