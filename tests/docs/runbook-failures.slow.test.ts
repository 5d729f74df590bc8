import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { rulesets } from "../../sandbox/providers/cloudflare/entry-points.ts";
import {
  type KubernetesObject,
  objectKey,
  objects,
} from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { proxyDevices } from "../../sandbox/providers/kubernetes/operator/proxies.ts";
import { changeTailnet, devices, tailnet } from "../../sandbox/providers/tailscale/tailnet.ts";
import type { World } from "../../sandbox/world/world.ts";
import { RunbookProject } from "./runbook-project.ts";

const runbook = await RunbookProject.create(["ozilab", "tazlab"]);
const { shell } = runbook.project;
afterAll(() => runbook.project.remove());
beforeEach(() => runbook.reset());

test("the first look names what should be reachable, and what others changed", async () => {
  runbook.inWorld((world) => {
    objects(world).delete(objectKey("Secret", "tailscale", "operator-oauth"));
  });
  const printed = await runbook.runBlock("look");
  expect(printed).toContain('"requested": "https://app.example.com"');
  expect(printed).toMatch(/kubernetes:core\/v1:Secret.*create/s);
});

test("the doctor names the broken hop of a hostname, with its fix", async () => {
  runbook.inWorld((world) => {
    objects(world).delete(objectKey("Secret", "tailscale", "operator-oauth"));
  });
  const replace = { "<hostname>": "app.example.com" };
  // The sandbox has no internet, so the data path is unknown.
  const printed = await runbook.runBlock("doctor", { replace, mayFail: true });
  expect(printed).toContain("secret-missing:");
  expect(printed).toMatch(/^ozilab: broken \(/m);
});

describe("putting back", () => {
  const damages: readonly (readonly [string, (world: World) => void])[] = [
    [
      "a missing Secret",
      (world) => {
        objects(world).delete(objectKey("Secret", "tailscale", "operator-oauth"));
      },
    ],
    [
      "a removed rule",
      (world) => {
        for (const [id, ruleset] of [...rulesets(world)]) {
          if (ruleset.phase === "http_request_origin") rulesets(world).set(id, { ...ruleset, rules: [] });
        }
      },
    ],
    [
      "HTTPS that was turned off",
      (world) => {
        changeTailnet(world, { settings: { httpsEnabled: false } });
      },
    ],
    [
      "a deleted Ingress",
      (world) => {
        objects(world).delete(objectKey("Ingress", "traefik", "ozilab-edge"));
      },
    ],
  ];
  test.each(damages)("%s", async (_, damage) => {
    const before = runbook.inWorld((world) => tailnet(world));
    runbook.inWorld(damage);
    expect(await runbook.runBlock("put-back")).toMatch(/Resources:\n +[+~] \d+ (created|updated)/);
    expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
    expect(runbook.inWorld((world) => tailnet(world))).toEqual(before);
  });
});

describe("putting back in the cluster of private services", () => {
  const change = (key: string, edit: (object: KubernetesObject) => KubernetesObject) => (world: World) => {
    const object = objects(world).get(key);
    if (object === undefined) throw new Error(`no ${key}`);
    const changed = edit(object);
    expect(changed).not.toEqual(object);
    objects(world).set(key, changed);
  };
  const COREDNS = objectKey("ConfigMap", "kube-system", "coredns");
  const HOMEPAGE = objectKey("Deployment", "homepage", "homepage");
  const PGADMIN = objectKey("Ingress", "tazlab-db", "pgadmin-tailnet");
  const damages: readonly (readonly [string, string, (world: World) => void])[] = [
    [
      "a Corefile that was written again",
      COREDNS,
      change(COREDNS, (object) => ({
        ...object,
        data: { Corefile: ".:53 {\n    forward . /etc/resolv.conf\n}\n" },
      })),
    ],
    [
      "the hosts of Homepage",
      HOMEPAGE,
      change(
        HOMEPAGE,
        (object) =>
          JSON.parse(
            JSON.stringify(object).replaceAll("home.magellanic-gondola.ts.net", "other"),
          ) as KubernetesObject,
      ),
    ],
    [
      "an annotation of an Ingress",
      PGADMIN,
      change(PGADMIN, ({ metadata, ...object }) => ({
        ...object,
        metadata: { ...metadata, annotations: {} },
      })),
    ],
  ];
  test.each(damages)("%s", async (_, key, damage) => {
    const seen = () =>
      runbook.inWorld((world) => {
        const { spec, data, metadata: { annotations } = {} } = objects(world).get(key) ?? {};
        return { spec, annotations, hasBlock: data?.["Corefile"]?.includes("ts.net:53") };
      }, "tazlab");
    const before = seen();
    runbook.inWorld(damage, "tazlab");
    expect(seen()).not.toEqual(before);
    await runbook.runBlock("put-back", { stack: "tazlab" });
    expect(seen()).toEqual(before);
    expect(runbook.answers("tazlab")).toEqual(runbook.deployed.tazlab);
  });
});

test("the stack's cluster is chosen", async () => {
  await runbook.runBlock("choose-cluster", { replace: { "<context>": "sandbox" } });
  const { stdout } = await shell.run("pulumi config get kubernetes:context --stack ozilab");
  expect(stdout).toBe("sandbox");
});

test("an edit of the policy is given up", async () => {
  const { policy } = runbook.inWorld(tailnet);
  runbook.inWorld((world) => {
    changeTailnet(world, { policy: policy.replace('"attr": ["funnel"]', '"attr": []') });
  });
  const { stdout } = await shell.run("pulumi preview --stack ozilab || true");
  expect(stdout).toContain("a policy that was changed after this stack wrote it");
  const [checksum = ""] = /sha256:[0-9a-f]{16}(?=\)\n)/.exec(stdout) ?? [];
  await runbook.runBlock("give-up-edit", { replace: { "<checksum>": checksum } });
  expect(runbook.inWorld(tailnet).policy).toBe(policy);
});

test("a name comes back when the other machine is gone, and the Ingress is deleted", async () => {
  const key = objectKey("Ingress", "traefik", "ozilab-edge");
  const funnel = async () => {
    const { stdout } = await shell.run("pulumi stack output funnel --json --stack ozilab");
    return (JSON.parse(stdout) as { actual: string }).actual;
  };
  // What the operator does when the Ingress is deleted: it removes the proxy, and its machine.
  const deleteIngress = (world: World) => {
    const id = proxyDevices(world).get(key) ?? "";
    objects(world).delete(key);
    proxyDevices(world).delete(key);
    devices(world).delete(id);
  };
  runbook.inWorld((world) => {
    const [[, device] = []] = [...devices(world)].filter(([, { name }]) => name === "ozilab-edge");
    if (device === undefined) throw new Error("there is no Funnel");
    deleteIngress(world);
    // The machine of a cluster that is gone keeps the name.
    devices(world).set("lost", { ...device, owner: "proxy Ingress lost/lost" });
  });
  await shell.run("pulumi up --refresh --yes --stack ozilab");
  expect(await funnel()).toBe("ozilab-edge-1.tail1234.ts.net");

  runbook.inWorld((world) => {
    devices(world).delete("lost");
    deleteIngress(world);
  });
  await runbook.runBlock("take-name-back");
  expect(await funnel()).toBe("ozilab-edge.tail1234.ts.net");
});

test("the exposure names who can reach a service", async () => {
  const printed = await runbook.runBlock("who-can-reach", { stack: "tazlab" });
  expect(JSON.parse(printed)).toContainEqual(
    expect.objectContaining({ name: "grafana", allowed: ["tag:tazpod"] }),
  );
});
