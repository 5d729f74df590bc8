import { describe, expect, test } from "vitest";
import { lookUp } from "../../adopt/look.ts";
import type { LiveSystems } from "../../adopt/systems.ts";
import { lockRule } from "../../components/public-edge/origin-lock/lock-manifests.ts";
import { ownerLine } from "../../components/public-edge/worker-scripts.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import type { RecordedResource } from "../../plan/recording/recording.ts";
import { publicEdge, recordStack } from "../support/record-stack.ts";
import { live, wanted } from "./wanted-resource.ts";

const NAME = { project: "tailnet-edge", stack: "one", inState: new Set<string>() };

async function look(resources: readonly RecordedResource[], systems: object, inState = NAME.inState) {
  const declared = { resources, policyRefusal: undefined, unknownZones: [] };
  return await lookUp(declared, systems as LiveSystems, { ...NAME, inState });
}

/** Looks up one resource. @returns what the look finds about it */
async function findings(resource: RecordedResource, systems: object) {
  const found = await look([resource], systems);
  expect(found.unread).toEqual([]);
  return found.findings.map(({ resource: about, ...finding }) => {
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
  const lookAt = async (...names: readonly string[]) => {
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
    expect(await lookAt("ts-dns")).toEqual([
      { kind: "existing", subject: "DNSConfig ts-dns", importId: "ts-dns", changes: [] },
    ]);
    expect(await lookAt()).toEqual([{ kind: "missing", subject: "DNSConfig ts-dns" }]);
  });

  test.each([[["cluster-dns"]], [["ts-dns", "cluster-dns"]]])(
    "of another name is a conflict: %s",
    async (names) => {
      expect(await lookAt(...names)).toEqual([
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
  const lookAt = async (content: string) =>
    await findings(script, {
      cloudflare: () => Promise.resolve({ workerContent: () => Promise.resolve(content) }),
      workerScripts: () => Promise.resolve(["edge"]),
    });

  test("is taken over if the stack uploaded it", async () => {
    const own = ownerLine(NAME.project, NAME.stack);
    expect(await lookAt(`${own}\nexport default {};`)).toMatchObject([
      { kind: "existing", importId: "acc/edge" },
    ]);
  });

  test.each([
    ["somebody else", "export default {};"],
    ["another stack", ownerLine(NAME.project, "two")],
    ["a stack whose name starts with this one's", ownerLine(NAME.project, `${NAME.stack}-two`)],
  ])("is a conflict if %s uploaded it", async (_, content) => {
    expect(await lookAt(content)).toMatchObject([
      {
        kind: "conflict",
        subject: "Worker edge",
        issue: { found: "a Worker of this name that this stack did not upload" },
      },
    ]);
  });
});

describe("the router of an origin lock", () => {
  const router = live(
    { apiVersion: "traefik.io/v1alpha1", kind: "IngressRoute" },
    { name: "ozilab-edge-lock", namespace: "ingress" },
  );
  const withRule = (match: string) => ({ ...router, spec: { routes: [{ match }] } });
  const LOCK = withRule(lockRule(["0123456789abcdef".repeat(4)]));

  const URN =
    "urn:pulumi:ozilab::tailnet-edge::tailnet-edge:edge:TraefikLock$kubernetes:traefik.io/v1alpha1:IngressRoute::traefik-lock";

  /** What the look finds about IngressRoutes of the ozilab stack with a lock of these settings. */
  const lookAt = async (
    originLock: unknown,
    objects: readonly LiveObject[],
    inState: readonly string[] = [],
  ) => {
    const config = { publicEdge: { ...publicEdge(["app.example.com"]), originLock } };
    const { resources } = await recordStack("ozilab", { config });
    const declared = resources.filter(({ type }) => /:(FunnelIngress|Ingress|IngressRoute)$/.test(type));
    const read = (_version: string, kind: string) =>
      Promise.resolve(kind === "IngressRoute" ? objects[0] : undefined);
    const systems = {
      kubernetes: () => Promise.resolve({ read }),
      exposed: () => Promise.resolve([]),
      devices: () => Promise.resolve([]),
      routers: () => Promise.resolve(objects),
    };
    const { findings: found, unread } = await look(declared, systems, new Set(inState));
    expect(unread).toEqual([]);
    expect(declared.map(({ urn }) => urn).includes(URN)).toBe(originLock === true);
    return found.filter(({ subject }) => subject.startsWith("IngressRoute"));
  };

  test.each([true, false, { enforce: false }])(
    "is a conflict if the state with its secret is lost, with originLock: %j",
    async (originLock) => {
      const found = await lookAt(originLock, [LOCK]);
      expect(found).toEqual([
        {
          resource: expect.anything() as unknown,
          kind: "conflict",
          subject: "IngressRoute ingress/ozilab-edge-lock",
          issue: {
            found: "the router of an origin lock whose secret is not in the stack's state",
            allowed:
              "no such router: after the first up, Cloudflare does not send that secret, so every visitor would get a 403",
            fix: "delete it immediately before the first up, also if the stack's file has no lock: kubectl delete ingressroute.traefik.io -n ingress ozilab-edge-lock",
          },
        },
      ]);
    },
  );

  test.each([true, false, { enforce: false }])(
    "is no conflict if the state has it, with originLock: %j",
    async (originLock) => {
      expect((await lookAt(originLock, [LOCK], [URN])).map(({ kind }) => kind)).toEqual(
        originLock === true ? ["existing"] : [],
      );
    },
  );

  test("is created if there is none; a router of another Funnel, or without the lock's rule, is none", async () => {
    const others = [
      { ...LOCK, metadata: { ...LOCK.metadata, name: "other-lock" } },
      withRule("Host(`app.example.com`)"),
    ];
    expect(await lookAt(false, others)).toEqual([]);
    expect((await lookAt(true, [])).map(({ kind }) => kind)).toEqual(["missing"]);
  });
});
