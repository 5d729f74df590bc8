import { describe, expect, test } from "vitest";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import { LiveError } from "../../../live/live-error.ts";
import { ClusterResource } from "../../../providers/object-fields/cluster-resource.ts";

const about = {
  resource: { project: "tailnet-edge", stack: "ozilab", name: "cluster" },
  log: { info: () => undefined, warn: () => undefined },
  news: {},
};

/** The resource with a cluster whose Namespace `kube-system` has a UID; undefined: there is no such Namespace. */
function resourceWith(uid: string | undefined) {
  const reads: unknown[] = [];
  const read = (...call: readonly unknown[]): Promise<LiveObject | undefined> => {
    reads.push(call);
    const metadata = { name: "kube-system", ...(uid !== undefined && { uid }) };
    return Promise.resolve(uid === undefined ? undefined : { apiVersion: "v1", kind: "Namespace", metadata });
  };
  const cluster = { context: "lab", server: "https://192.0.2.1:6443", read };
  const stacks: string[] = [];
  const resource = new ClusterResource((stack) => {
    stacks.push(stack);
    return Promise.resolve(cluster);
  });
  return { resource, reads, stacks };
}

const STATE = { uid: "uid-1" };
const KUBE_SYSTEM = ["v1", "Namespace", { name: "kube-system" }];
const OTHER = [
  "  context lab at https://192.0.2.1:6443",
  "    found:   another cluster, with the UID uid-2",
  "    allowed: the cluster that this stack was deployed to, with the UID uid-1",
  "    fix:     set kubernetes:context to that cluster's context; if the cluster was built anew, run: pulumi state delete --yes 'urn:pulumi:ozilab::tailnet-edge::object-fields:index:Cluster::cluster' --stack ozilab",
].join("\n");

describe("the stack's cluster", () => {
  test("is remembered by the UID of the Namespace kube-system", async () => {
    const { resource, reads, stacks } = resourceWith("uid-1");
    expect(await resource.create(about)).toEqual({ id: "uid-1", outputs: { uid: "uid-1" } });
    expect([reads, stacks]).toEqual([[KUBE_SYSTEM], ["ozilab"]]);
  });

  test("has no difference while the kubeconfig leads to it, and one read finds that out", async () => {
    const { resource, reads } = resourceWith("uid-1");
    expect(await resource.diff({ ...about, olds: STATE })).toEqual([]);
    expect(await resource.read({ ...about, id: "uid-1", olds: STATE })).toEqual({
      id: "uid-1",
      inputs: {},
      outputs: STATE,
    });
    expect(reads).toEqual([KUBE_SYSTEM, KUBE_SYSTEM]);
  });

  test("refuses another cluster in a preview, and names both and the way out", async () => {
    const { resource } = resourceWith("uid-2");
    await expect(resource.diff({ ...about, olds: STATE })).rejects.toThrow(new Error(OTHER));
  });

  test("refuses another cluster in a refresh, instead of following it", async () => {
    const { resource } = resourceWith("uid-2");
    await expect(resource.read({ ...about, id: "uid-1", olds: STATE })).rejects.toThrow(new Error(OTHER));
  });

  test.each([
    ["create", () => resourceWith(undefined).resource.create(about)],
    ["diff", () => resourceWith(undefined).resource.diff({ ...about, olds: STATE })],
  ])("refuses an API server without the Namespace kube-system: %s", async (_, call) => {
    await expect(call()).rejects.toThrow(
      [
        "  context lab at https://192.0.2.1:6443",
        "    found:   no Namespace kube-system with a UID",
        "    allowed: the API server of a Kubernetes cluster",
        "    fix:     check kubernetes:context and the kubeconfig",
      ].join("\n"),
    );
  });

  test("reports a cluster that does not answer as every other live system", async () => {
    const issue = { path: "Namespace kube-system", found: "no connection", allowed: "one", fix: "check it" };
    const resource = new ClusterResource(() => Promise.reject(new LiveError("unreachable", issue)));
    await expect(resource.diff({ ...about, olds: STATE })).rejects.toThrow(
      "  Namespace kube-system\n    found:   no connection\n    allowed: one\n    fix:     check it",
    );
  });

  test("is not imported", async () => {
    const { resource } = resourceWith("uid-1");
    await expect(resource.read({ ...about, id: "uid-1" })).rejects.toThrow(
      "uid-1: a cluster cannot be imported; the next update records it",
    );
  });

  test("is forgotten without a call", async () => {
    const { resource, reads } = resourceWith("uid-2");
    await resource.delete();
    expect(reads).toEqual([]);
  });
});
