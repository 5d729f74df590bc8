import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deviceNames } from "../device-names.ts";
import { RealProject } from "./real-project.ts";
import { tazlabConfig } from "./tazlab-config.ts";

interface Changes {
  readonly services: readonly object[];
}

const COMMON = { namespace: "git", allowFrom: ["tag:tazpod"], tags: ["tag:git"], ports: [22] };
const git = { ...COMMON, name: "git", hostname: "code", kind: "loadBalancer", selector: { app: "git" } };
const shop = { ...git, name: "shop", hostname: "shop" };
const annotated = { ...COMMON, name: "git", hostname: "code", kind: "annotation", service: "web" };

/** The tazlab stack with these private services, and nothing else. */
function configOf({ services = [git, shop] }: Partial<Changes>) {
  return {
    ...tazlabConfig({}),
    "tailnet-edge:homepage": undefined,
    "tailnet-edge:clusterDns": undefined,
    "tailnet-edge:privateServices": services,
  };
}

let project: RealProject<Changes>;

beforeAll(async () => {
  project = await RealProject.create({
    configOf,
    prerequisites: {
      services: [{ namespace: "git", name: "web", ports: [22] }],
      pods: [{ namespace: "git", labels: { app: "git" } }],
    },
  });
  await project.up();
});

afterAll(async () => {
  await project.remove();
});

const names = () =>
  project.withWorld((world) => deviceNames(world).filter((name) => name !== "tazlab-operator"));

/** One lifecycle: each test starts where the previous one ended. */
describe("a hostname", () => {
  test.each<[string, readonly object[], string]>([
    ["of a service that was renamed", [{ ...git, name: "forge" }, shop], "forge: hostname"],
    ["of a service that becomes an annotation", [annotated, shop], "git: hostname"],
    [
      "that two services swap",
      [
        { ...git, hostname: "shop" },
        { ...shop, hostname: "code" },
      ],
      "shop: hostname",
    ],
  ])("%s is refused before anything changes", async (_, services, path) => {
    project.configure({ services });
    for (const operation of ["preview", "up"] as const) {
      const { ok, errors, steps } = await project.run(operation);
      expect([ok, steps.filter(({ op }) => op !== "read" && op !== "same")]).toEqual([false, []]);
      expect(errors.join("\n")).toContain(`privateServices: ${path}`);
    }
    expect(names()).toEqual(["code", "shop"]);
  });

  test("is taken over in two steps", async () => {
    await project.up({ services: [shop] });
    expect(names()).toEqual(["shop"]);
    await project.up({ services: [annotated, shop] });
    expect(names()).toEqual(["code", "shop"]);
    // And the next update refuses nothing.
    expect(await project.up({ services: [annotated, shop] })).toEqual(["read Service git-live"]);
  });
});
