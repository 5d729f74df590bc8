import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodePortsOf } from "../../../sandbox/providers/kubernetes/api-server/node-ports.ts";
import { objectAt, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { deviceNames } from "../device-names.ts";
import { RealProject } from "./real-project.ts";
import { tazlabConfig } from "./tazlab-config.ts";

interface Changes {
  /** Changed fields of the only private service. */
  readonly service: Readonly<Record<string, unknown>>;
}

const SELECTOR = { app: "git" };

/** The tazlab stack with one private service, a ProxyGroup, and nothing else. */
function configOf({ service = {} }: Partial<Changes>) {
  const kind = service["kind"] ?? "loadBalancer";
  const git = {
    kind,
    name: "git",
    namespace: "git",
    allowFrom: ["tag:tazpod"],
    tags: ["tag:git"],
    ...(kind === "ingress" ? { backend: { service: "web", port: 80 } } : { ports: [22], selector: SELECTOR }),
    ...service,
  };
  return {
    ...tazlabConfig({}),
    "tailnet-edge:homepage": undefined,
    "tailnet-edge:clusterDns": undefined,
    "tailnet-edge:privateServices": [git],
    "tailnet-edge:proxyGroups": [{ name: "shared", replicas: 1, tags: ["tag:git"] }],
  };
}

let project: RealProject<Changes>;

beforeAll(async () => {
  project = await RealProject.create({
    configOf,
    prerequisites: {
      services: ["git", "code"].map((namespace) => ({ namespace, name: "web", ports: [80] })),
      pods: ["git", "code"].map((namespace) => ({ namespace, labels: SELECTOR })),
    },
  });
});

afterAll(async () => {
  await project.remove();
});

const OWN_DEVICES = ["shared-0", "tazlab-operator"];

const up = async (service: Changes["service"]) => {
  project.configure({ service });
  const run = await project.run("up");
  expect([run.errors, run.warnings.filter((warning) => warning.includes("ts.net"))]).toEqual([[], []]);
  return {
    steps: run.steps
      .filter(({ type }) => /:(Service|Ingress)$/.test(type))
      .map(({ op, type }) => `${op} ${type.split(":").at(-1) ?? ""}`),
    addresses: (run.outputs["exposure"]?.value as { address: string }[]).map(({ address }) => address),
    names: project.withWorld((world) => deviceNames(world).filter((name) => !OWN_DEVICES.includes(name))),
  };
};

const TAILNET = "magellanic-gondola.ts.net";
const IN_CODE = { hostname: "code", namespace: "code" };
const replaced = (from = "Service", to = from) => [
  `delete-replaced ${from}`,
  `replace ${to}`,
  `create-replacement ${to}`,
];

/** One lifecycle: each test starts where the previous one ended. */
describe("a private service", () => {
  test("gets its name, and no port of the nodes", async () => {
    expect(await up({})).toEqual({
      steps: ["create Service"],
      addresses: [`git.${TAILNET}:22`],
      names: ["git"],
    });
    expect(project.withWorld((world) => nodePortsOf(objectAt(world, "Service git/git-tailnet")))).toEqual([]);
  });

  test("with another hostname is replaced, old object first, and no warning names the old machine", async () => {
    expect(await up({ hostname: "code" })).toEqual({
      steps: replaced(),
      addresses: [`code.${TAILNET}:22`],
      names: ["code"],
    });
  });

  test("keeps its name in another namespace", async () => {
    expect(await up(IN_CODE)).toEqual({
      steps: replaced(),
      addresses: [`code.${TAILNET}:22`],
      names: ["code"],
    });
  });

  test("keeps its name as another kind, and back", async () => {
    expect(await up({ ...IN_CODE, kind: "ingress" })).toEqual({
      steps: replaced("Service", "Ingress"),
      addresses: [`https://code.${TAILNET}`],
      names: ["code"],
    });
    expect(await up(IN_CODE)).toEqual({
      steps: replaced("Ingress", "Service"),
      addresses: [`code.${TAILNET}:22`],
      names: ["code"],
    });
  });

  test("keeps its hostname under another name, old object first, and back", async () => {
    const renamed = { ...IN_CODE, name: "forge", formerName: "git" };
    expect(await up(renamed)).toEqual({
      steps: replaced(),
      addresses: [`code.${TAILNET}:22`],
      names: ["code"],
    });
    expect((await up({ ...IN_CODE, name: "forge" })).steps).toEqual([]);
    const { steps, names } = await up({ ...IN_CODE, formerName: "forge" });
    expect([steps, names]).toEqual([replaced(), ["code"]]);
  });

  test("moves to a ProxyGroup and back", async () => {
    const web = { ...IN_CODE, kind: "ingress" };
    await up(web);
    const grouped = await up({ ...web, proxyGroup: "shared" });
    // The group's device serves it.
    expect([grouped.steps, grouped.names]).toEqual([replaced("Ingress"), []]);
    const alone = await up(web);
    expect([alone.steps, alone.names]).toEqual([replaced("Ingress"), ["code"]]);
  });

  test("leaves no finalizer and no device when the stack is destroyed", async () => {
    await up({ ...IN_CODE, kind: "ingress", proxyGroup: "shared" });
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    project.withWorld((world) => {
      const finalizers = [...objects(world).values()].flatMap(({ metadata }) => metadata.finalizers ?? []);
      const names = deviceNames(world);
      expect([finalizers, names]).toEqual([[], ["tazlab-operator"]]);
    });
  });
});
