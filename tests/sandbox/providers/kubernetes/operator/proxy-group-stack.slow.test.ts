import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { incidents } from "../../../../../sandbox/providers/incidents.ts";
import { objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { vipServices } from "../../../../../sandbox/providers/tailscale/vip-services.ts";
import { service } from "../../../../support/private-stack.ts";
import { PROJECT_FOLDER } from "../../../../support/stack-config.ts";
import { deviceNames } from "../../../device-names.ts";
import { RealProject } from "../../../lifecycle/real-project.ts";

const FILE = parse(readFileSync(join(PROJECT_FOLDER, "Pulumi.tazlab.yaml"), "utf8")) as {
  readonly config: Readonly<Record<string, unknown>>;
};

/** An Ingress with tags of its own and one with the group's tags, both on one group. */
const config = {
  ...FILE.config,
  "tailnet-edge:homepage": undefined,
  "tailnet-edge:clusterDns": undefined,
  "tailnet-edge:proxyGroups": [{ name: "shared", tags: ["tag:shared"] }],
  "tailnet-edge:privateServices": [
    service({ name: "app", proxyGroup: "shared", tags: ["tag:internal-apps"] }),
    service({ name: "web", namespace: "data", proxyGroup: "shared", tags: ["tag:shared"] }),
  ],
};

const project = await RealProject.create({ configOf: () => config });

afterAll(async () => {
  await project.remove();
});

const names = () => project.withWorld(deviceNames);
/** Keys of all objects but the definitions, which stay after a destroy. */
const objectKeys = () =>
  project.withWorld((world) =>
    [...objects(world)].flatMap(([key, { kind }]) => (kind === "CustomResourceDefinition" ? [] : [key])),
  );
const loadBalancerOf = (key: string) =>
  project.withWorld((world) => objects(world).get(key)?.status?.["loadBalancer"] as object | undefined);

test("a stack with a ProxyGroup deploys with its derived policy, is stable, and leaves nothing after destroy", async () => {
  const before = objectKeys();
  expect((await project.up()).filter((step) => /ProxyGroup|Ingress|Service/.test(step))).toEqual([
    "create Ingress app",
    "create Ingress web",
    "create ProxyGroup proxy-group-shared",
  ]);
  expect(names()).toEqual(["shared-0", "shared-1", "tazlab-operator"]);
  for (const [key, name] of [
    ["apps/app-tailnet", "app"],
    ["data/web-tailnet", "web"],
  ]) {
    expect(loadBalancerOf(`Ingress ${key}`)).toEqual({
      ingress: [{ hostname: `${name}.magellanic-gondola.ts.net`, ports: [{ port: 443, protocol: "TCP" }] }],
    });
  }
  expect(project.withWorld((world) => incidents(world).values())).toEqual([]);
  expect(await project.up()).toEqual([]);
  expect((await project.run("destroy")).errors).toEqual([]);
  expect(names()).toEqual(["tazlab-operator"]);
  expect(project.withWorld((world) => vipServices(world).size)).toBe(0);
  expect(objectKeys()).toEqual(before);
});
