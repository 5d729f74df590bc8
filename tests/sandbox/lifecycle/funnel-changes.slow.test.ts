import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { deviceNames } from "../device-names.ts";
import { ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

interface FunnelChanges {
  readonly hostname: string;
  readonly ingressName: string;
  /** The backend's namespace. */
  readonly namespace: string;
}

/** The ozilab stack with another Funnel. */
function configOf({ hostname = "ozilab-edge", ingressName, namespace = "traefik" }: Partial<FunnelChanges>) {
  const config = ozilabConfig({});
  const edge = config["tailnet-edge:publicEdge"];
  const funnel = {
    ...edge.funnel,
    hostname,
    ...(ingressName !== undefined && { ingressName }),
    backend: { ...edge.funnel.backend, namespace },
  };
  return { ...config, "tailnet-edge:publicEdge": { ...edge, funnel } };
}

let project: RealProject<FunnelChanges>;

beforeAll(async () => {
  const services = ["traefik", "ingress"].map((namespace) => ({ namespace, name: "traefik", ports: [443] }));
  project = await RealProject.create({ configOf, prerequisites: { services } });
});

afterAll(async () => {
  await project.remove();
});

const up = async (funnel: Partial<FunnelChanges>) => {
  project.configure(funnel);
  const { steps, errors, warnings, outputs } = await project.run("up");
  expect([errors, warnings.filter((warning) => warning.includes("ts.net"))]).toEqual([[], []]);
  return project.withWorld((world) => ({
    ingress: steps.filter(({ type }) => type.endsWith(":Ingress")).map(({ op }) => op),
    assigned: (outputs["funnel"]?.value as { actual: string }).actual,
    targets: namesIn([...zones(world)].map(([id]) => records(world, id).values())),
    serverNames: namesIn([...rulesets(world)]),
    devices: deviceNames(world),
  }));
};

/** The ts.net names in what Cloudflare stores, each once. */
function namesIn(stored: unknown): string[] {
  return [...new Set(JSON.stringify(stored).match(/[a-z0-9-]+\.tail1234\.ts\.net/g))];
}

const REPLACED = ["delete-replaced", "replace", "create-replacement"];
const named = (hostname: string) => {
  const fqdn = `${hostname}.tail1234.ts.net`;
  return {
    assigned: fqdn,
    targets: [fqdn],
    serverNames: [fqdn],
    devices: ["ozilab-operator", hostname].sort(),
  };
};

/** One lifecycle: each test starts where the previous one ended. */
describe("the Funnel", () => {
  test("gets its name", async () => {
    expect(await up({})).toEqual({ ingress: ["create"], ...named("ozilab-edge") });
  });

  test.each<[string, Partial<FunnelChanges>]>([
    ["in another namespace", { namespace: "ingress" }],
    ["with an Ingress of another name", { namespace: "ingress", ingressName: "funnel" }],
  ])("keeps its name %s", async (_, funnel) => {
    expect(await up(funnel)).toEqual({ ingress: REPLACED, ...named("ozilab-edge") });
  });

  test("takes another name while its Ingress keeps its own, and everything uses that name at once", async () => {
    const shop = { namespace: "ingress", ingressName: "funnel", hostname: "shop-edge" };
    expect(await up(shop)).toEqual({ ingress: REPLACED, ...named("shop-edge") });
    expect((await up(shop)).ingress).toEqual([]);
  });
});
