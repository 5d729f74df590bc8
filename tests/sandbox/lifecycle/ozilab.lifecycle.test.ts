import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checksum } from "../../../components/tailnet/policy/mark.ts";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { NEXT_CHART_VERSION } from "../../../sandbox/providers/kubernetes/helm/chart.ts";
import {
  operatorPods,
  validCredential,
} from "../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import {
  changeTailnet,
  credentials,
  devices,
  tailnet,
} from "../../../sandbox/providers/tailscale/tailnet.ts";
import { afterEachCall } from "./after-each-call.ts";
import { upKeepingRoutes } from "./hostname-routes.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";

let project: RealProject<OzilabChanges>;
const APP = "app.example.com";
const upInOrder = (changes?: Partial<OzilabChanges>) => upKeepingRoutes(project, changes);
const up = async (changes?: Partial<OzilabChanges>) => (await upInOrder(changes)).sort();

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: [{ name: "example.com" }, { name: "example.org" }] },
  });
});

afterAll(async () => {
  await project.remove();
});

const ZONE_RULES = [
  "update ZoneRules example.com-configuration-rules",
  "update ZoneRules example.com-origin-rules",
  "update ZoneRules example.com-redirect-rules",
];

/** Expects steps in this order, with any other steps between them. */
function expectOrder(steps: readonly string[], ...expected: readonly string[]): void {
  expect(steps.filter((step) => expected.includes(step))).toEqual(expected);
}

/** One lifecycle: each test starts where the previous one ended, with one hostname. */
describe("the ozilab stack", () => {
  test("comes up", async () => {
    const steps = await upInOrder();
    expect(steps.toSorted()).toEqual(
      [
        "create Acl tailnet-policy",
        "create Cluster cluster",
        `create DnsRecord ${APP}`,
        "create DnsPreferences tailnet-dns",
        "create Ingress funnel",
        "create Namespace operator-namespace",
        "create OauthClient operator-credential-client",
        "create Release operator-release",
        "create ZoneRules example.com-configuration-rules",
        "create ZoneRules example.com-origin-rules",
        "create ZoneRules example.com-redirect-rules",
        "create Secret operator-login",
        "create TailnetSettings tailnet-settings",
      ].toSorted(),
    );
    expect(steps[0]).toBe("create Cluster cluster");
    expectOrder(
      steps,
      "create Acl tailnet-policy",
      "create OauthClient operator-credential-client",
      "create Secret operator-login",
      "create Release operator-release",
      "create Ingress funnel",
      "create ZoneRules example.com-origin-rules",
      `create DnsRecord ${APP}`,
    );
  });

  test("stays unchanged", async () => {
    expect(await up()).toEqual([]);
  });

  test("adds and removes a hostname with one record and three rule updates", async () => {
    expect(await up({ hostnames: [APP, "b.example.com"] })).toEqual([
      "create DnsRecord b.example.com",
      ...ZONE_RULES,
    ]);
    expect(await up()).toEqual(["delete DnsRecord b.example.com", ...ZONE_RULES]);
  });

  test("adds a zone without touching the other one, and removes its record before its rules", async () => {
    const both = { zones: ["example.com", "example.org"], hostnames: [APP, "c.example.org"] };
    expect(await up(both)).toEqual([
      "create DnsRecord c.example.org",
      "create ZoneRules example.org-configuration-rules",
      "create ZoneRules example.org-origin-rules",
      "create ZoneRules example.org-redirect-rules",
    ]);
    const steps = await upInOrder();
    expect(steps[0]).toBe("delete DnsRecord c.example.org");
    expect(steps.slice(1).toSorted()).toEqual([
      "delete ZoneRules example.org-configuration-rules",
      "delete ZoneRules example.org-origin-rules",
      "delete ZoneRules example.org-redirect-rules",
    ]);
  });

  test("never revokes the credential that the operator uses during a rotation", async () => {
    const before = project.withWorld((world) => operatorPods(world).values());
    const revoked: string[] = [];
    const rotate = async () => await project.upInOrder({ serial: 2 });
    const steps = await afterEachCall(project, rotate, ({ operation, world }) => {
      for (const pod of operatorPods(world).values()) {
        if (pod.state !== "Running" || !validCredential(world, pod)) revoked.push(operation);
      }
    });
    expect(revoked).toEqual([]);
    expect(steps).toEqual([
      "create-replacement OauthClient operator-credential-client",
      "replace OauthClient operator-credential-client",
      "update Secret operator-login",
      "update Release operator-release",
      "delete-replaced OauthClient operator-credential-client",
    ]);
    const pods = project.withWorld((world) => operatorPods(world).values());
    expect(pods.map(({ login }) => login?.credentialId)).toEqual(
      project.withWorld((world) => credentials(world).values()).map(({ id }) => id),
    );
    expect(pods[0]?.login?.credentialId).not.toBe(before[0]?.login?.credentialId);
    expect(project.withWorld((world) => incidents(world).values())).toEqual([]);
    expect(await up({ serial: 2 })).toEqual([]);
  });

  test("rejects a policy that was changed by hand, and restores it once the loss is accepted", async () => {
    const written = project.withWorld((world) => tailnet(world).policy);
    const edited = written.replace("{", '{"randomizeClientPort": true,');
    project.withWorld((world) => {
      changeTailnet(world, { policy: edited });
    });
    expect(stepsInOrder(await project.run("refresh"))).toEqual(["update Acl tailnet-policy"]);
    project.configure({ serial: 2 });
    const { ok, errors } = await project.run("up");
    expect([ok, errors.join("\n")]).toEqual([
      false,
      expect.stringContaining("lost: randomizeClientPort: true"),
    ]);
    const replacePolicy = checksum(edited);
    expect(await up({ serial: 2, replacePolicy })).toEqual(["update Acl tailnet-policy"]);
    expect(await up({ serial: 2 })).toEqual(["update Acl tailnet-policy"]);
    expect(project.withWorld((world) => tailnet(world).policy)).toBe(written);
  });

  test("updates only the release for another chart version", async () => {
    expect(await up({ serial: 2, chartVersion: NEXT_CHART_VERSION })).toEqual([
      "update Release operator-release",
    ]);
    expect(project.withWorld((world) => incidents(world).values())).toEqual([]);
  });

  test("is destroyed without leftovers, except what belongs to the tailnet and the cluster", async () => {
    const policy = project.withWorld((world) => tailnet(world).policy);
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    expectOrder(
      stepsInOrder(down),
      `delete DnsRecord ${APP}`,
      "delete ZoneRules example.com-origin-rules",
      "delete Ingress funnel",
      "delete Release operator-release",
      "delete Secret operator-login",
      "delete OauthClient operator-credential-client",
      "delete Acl tailnet-policy",
    );
    project.withWorld((world) => {
      expect([...zones(world)].flatMap(([id]) => records(world, id).values())).toEqual([]);
      expect([
        rulesets(world)
          .values()
          .flatMap(({ rules }) => rules).length,
        credentials(world).size,
        operatorPods(world).size,
      ]).toEqual([0, 0, 0]);
      // The chart's CRDs are kept, and no API call removes the operator's own device.
      const left = objects(world)
        .values()
        .filter(({ kind }) => kind !== "CustomResourceDefinition");
      expect(left.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
        "Namespace kube-system",
        "Namespace traefik",
        "Service traefik",
      ]);
      expect(
        devices(world)
          .values()
          .map(({ owner }) => owner),
      ).toEqual(["operator"]);
      expect(incidents(world).values()).toEqual([]);
      expect(tailnet(world)).toMatchObject({ policy, magicDns: true, settings: { httpsEnabled: true } });
    });
  });

  test("writes no client's key in plain text to its state or its output", () => {
    expect(project.written).toContain("create");
    expect(project.written).not.toMatch(/tskey-/);
  });
});
