import { describe, expect, test } from "vitest";
import { privateServiceAnswers, resourcesNamed } from "../support/private-stack.ts";
import { LIVE_POLICY, recordStack } from "../support/record-stack.ts";

test("merges the stub zone into the live Corefile, and rejects a Corefile that already serves it", async () => {
  const answers = (corefile: string) => privateServiceAnswers({}, corefile);
  const recording = await recordStack("tazlab", { answers: answers(".:53 {\n}\n") });
  const [patch] = resourcesNamed(recording, "cluster-dns-stub-zone");
  const { fields, force, onDelete } = patch?.inputs ?? {};
  expect((fields as { data: Record<string, string> }).data["Corefile"]).toBe(
    ".:53 {\n}\n# tailnet-edge: the tailnet's names, begin\nts.net:53 {\n    errors\n    cache 30\n    forward . 10.96.0.53\n}\n# tailnet-edge: the tailnet's names, end\n",
  );
  expect({ force, onDelete }).toEqual({ force: true, onDelete: "keep" });
  await expect(recordStack("tazlab", { answers: answers("ts.net {\n}\n") })).rejects.toThrow(
    "found:   a server block ts.net",
  );
  await expect(recordStack("tazlab", { answers: answers("") })).rejects.toThrow("found:   no Corefile");
});

test("replaces the nameserver if its address changes: the operator would ignore the new address", async () => {
  const [nameserver] = resourcesNamed(await recordStack("tazlab"), "cluster-dns-nameserver");
  const { deleteBeforeReplace, replaceOnChanges } = nameserver?.options ?? {};
  expect({ deleteBeforeReplace, replaceOnChanges }).toEqual({
    deleteBeforeReplace: true,
    replaceOnChanges: ["spec.nameserver.service.clusterIP"],
  });
});

describe("CoreDNS in k3s", () => {
  test("reads the stub zone from one key of an imported ConfigMap, which is deleted with the stack", async () => {
    const nameserver = { clusterIP: "10.43.0.53" };
    const clusterDns = { nameserver, stubZone: "coredns-custom" };
    const recording = await recordStack("tazlab", { config: { clusterDns } });
    const [patch] = resourcesNamed(recording, "cluster-dns-stub-zone");
    expect(patch?.inputs).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace: "kube-system",
      name: "coredns-custom",
      fields: {
        data: {
          "tailnet-edge.server": "ts.net:53 {\n    errors\n    cache 30\n    forward . 10.43.0.53\n}\n",
        },
      },
      force: false,
      creates: true,
      onDelete: "release",
    });
    expect(patch?.options.retainOnDelete).toBe(false);
    // No Corefile: the backing Services and the legacy objects are the only objects that are read.
    const backing = ["tazlab-db/pgadmin", "longhorn-system/longhorn", "traefik/traefik-dashboard"];
    const calls = recording.calls.filter(({ token }) => token !== "object-fields:index:findObject");
    expect(calls).toEqual([
      LIVE_POLICY,
      ...backing.map((id) => ({ token: "kubernetes:core/v1:Service", args: { id } })),
    ]);
  });
});
