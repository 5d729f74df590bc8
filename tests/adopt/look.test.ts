import { describe, expect, test } from "vitest";
import { lookUp } from "../../adopt/look.ts";
import type { LiveSystems } from "../../adopt/systems.ts";
import { ownerLine } from "../../components/public-edge/worker-scripts.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import type { RecordedResource } from "../../plan/recording/recording.ts";
import { live, wanted } from "./wanted-resource.ts";

const NAME = { project: "tailnet-edge", stack: "one" };

/** Looks up one resource. @returns what the look finds about it */
async function findings(resource: RecordedResource, systems: object) {
  const stack = { resources: [resource], policyRefusal: undefined, unknownZones: [] };
  const look = await lookUp(stack, systems as LiveSystems, NAME);
  expect(look.unread).toEqual([]);
  return look.findings.map(({ resource: about, ...finding }) => {
    expect(about).toBe(resource);
    return finding;
  });
}

describe("a DNSConfig", () => {
  const object = (name: string) => ({
    apiVersion: "tailscale.com/v1alpha1",
    kind: "DNSConfig",
    metadata: { name },
    spec: { nameserver: { service: { clusterIP: "10.96.0.53" } } },
  });
  const resource = wanted("kubernetes:tailscale.com/v1alpha1:DNSConfig", object("ts-dns"));
  const look = async (...names: readonly string[]) => {
    const objects = names.map((name) => live(object(name)));
    const read = (_version: string, _kind: string, { name }: { readonly name: string }) =>
      Promise.resolve(objects.find(({ metadata }) => metadata.name === name));
    const systems = {
      kubernetes: () => Promise.resolve({ read }),
      dnsConfigs: (): Promise<readonly LiveObject[]> => Promise.resolve(objects),
    };
    return await findings(resource, systems);
  };

  test("of the stack's name is taken over, and none is created", async () => {
    expect(await look("ts-dns")).toEqual([
      { kind: "existing", subject: "DNSConfig ts-dns", importId: "ts-dns", changes: [] },
    ]);
    expect(await look()).toEqual([{ kind: "missing", subject: "DNSConfig ts-dns" }]);
  });

  test.each([[["cluster-dns"]], [["ts-dns", "cluster-dns"]]])(
    "of another name is a conflict: %s",
    async (names) => {
      expect(await look(...names)).toEqual([
        {
          kind: "conflict",
          subject: "DNSConfig ts-dns",
          issue: {
            found: "DNSConfig cluster-dns",
            allowed:
              "one DNSConfig in a cluster: the operator runs one nameserver, at the address of the first one",
            fix: "delete DNSConfig cluster-dns immediately before the first up",
          },
        },
      ]);
    },
  );
});

describe("a Worker of the stack's name", () => {
  const script = wanted("cloudflare:index/workersScript:WorkersScript", {
    accountId: "acc",
    scriptName: "edge",
  });
  const look = async (content: string) =>
    await findings(script, {
      cloudflare: () => Promise.resolve({ workerContent: () => Promise.resolve(content) }),
      workerScripts: () => Promise.resolve(["edge"]),
    });

  test("is taken over if the stack uploaded it", async () => {
    const own = ownerLine(NAME.project, NAME.stack);
    expect(await look(`${own}\nexport default {};`)).toMatchObject([
      { kind: "existing", importId: "acc/edge" },
    ]);
  });

  test.each([
    ["somebody else", "export default {};"],
    ["another stack", ownerLine(NAME.project, "two")],
  ])("is a conflict if %s uploaded it", async (_, content) => {
    expect(await look(content)).toMatchObject([
      {
        kind: "conflict",
        subject: "Worker edge",
        issue: { found: "a Worker of this name that this stack did not upload" },
      },
    ]);
  });
});
