import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { rulesets } from "../../sandbox/providers/cloudflare/entry-points.ts";
import { workerScripts } from "../../sandbox/providers/cloudflare/worker-script.ts";
import { zones } from "../../sandbox/providers/cloudflare/zones.ts";
import {
  type KubernetesObject,
  objectKey,
  objects,
} from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { proxyDevices } from "../../sandbox/providers/kubernetes/operator/proxies.ts";
import { changeTailnet, credentials, devices, tailnet } from "../../sandbox/providers/tailscale/tailnet.ts";
import { answersOf } from "../../sandbox/rehearse/answers.ts";
import { STARTS } from "../../sandbox/rehearse/rehearse.ts";
import { runbookBlocks } from "../../sandbox/rehearse/runbook.ts";
import { readDocument, WORLD_FILE } from "../../sandbox/world/world-file.ts";
import type { World } from "../../sandbox/world/world.ts";
import { changedProject } from "../ci/changed-project.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const project = await changedProject(["ozilab", "tazlab"]);
const { folder, shell } = project;
const sandbox = join(folder, ".sandbox");
const saved = join(folder, ".saved");
cpSync(join(sandbox, "state"), join(saved, "state"), { recursive: true });
cpSync(join(sandbox, WORLD_FILE), join(saved, WORLD_FILE));
afterAll(() => project.remove());

beforeEach(async () => {
  await project.git("reset", "--quiet", "--hard", "deployed");
  for (const part of ["state", WORLD_FILE]) {
    rmSync(join(sandbox, part), { recursive: true, force: true });
    cpSync(join(saved, part), join(sandbox, part), { recursive: true });
  }
});

const BLOCKS = runbookBlocks();
/** The blocks that ran, so that a block without a test is noticed. */
// tests/explain runs the command of the block explain against a real API server.
const ran = new Set<string>([...STARTS.map(({ block }) => block), "explain"]);

type Stack = "ozilab" | "tazlab";
const inWorld = <T>(stack: Stack, use: (world: World) => T): T => shell.withWorld(stack, use);
const answers = (stack: Stack = "ozilab") => inWorld(stack, answersOf);
const DEPLOYED = { ozilab: answers("ozilab"), tazlab: answers("tazlab") };

interface BlockOptions {
  readonly stack?: Stack;
  /** Replaces further placeholders of the commands. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** What a person does in a console, by the step's text. */
  readonly console?: Readonly<Record<string, () => void>>;
}

/** Runs a block's commands, which must all succeed. @returns what they print */
async function runBlock(
  name: string,
  { stack = "ozilab", replace = {}, variables, console = {} }: BlockOptions = {},
) {
  const steps = BLOCKS.get(name);
  if (steps === undefined) throw new Error(`the runbook has no block ${name}`);
  ran.add(name);
  let printed = "";
  for (const { kind, text } of steps) {
    if (kind === "console") {
      const act = console[text];
      if (act === undefined) throw new Error(`no model of the console step: ${text}`);
      act();
      continue;
    }
    const named = Object.entries({ "<cluster>": stack, ...replace }).reduce(
      (command, [from, to]) => command.replaceAll(from, to),
      text,
    );
    const { exitCode, stdout, stderr } = await shell.run(named, variables);
    if (exitCode !== 0) throw new Error(`${named}\n${stdout}\n${stderr}`);
    printed += stdout;
  }
  return printed;
}

test("the first look names what should be reachable, and what others changed", async () => {
  inWorld("ozilab", (world) => {
    objects(world).delete(objectKey("Secret", "tailscale", "operator-oauth"));
  });
  const printed = await runBlock("look");
  expect(printed).toContain('"requested": "https://app.example.com"');
  expect(printed).toMatch(/kubernetes:core\/v1:Secret.*create/s);
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
    const before = inWorld("ozilab", (world) => tailnet(world));
    inWorld("ozilab", damage);
    expect(await runBlock("put-back")).toMatch(/Resources:\n +[+~] \d+ (created|updated)/);
    expect(answers()).toEqual(DEPLOYED.ozilab);
    expect(inWorld("ozilab", (world) => tailnet(world))).toEqual(before);
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
      inWorld("tazlab", (world) => {
        const { spec, data, metadata: { annotations } = {} } = objects(world).get(key) ?? {};
        return { spec, annotations, hasBlock: data?.["Corefile"]?.includes("ts.net:53") };
      });
    const before = seen();
    inWorld("tazlab", damage);
    expect(seen()).not.toEqual(before);
    await runBlock("put-back", { stack: "tazlab" });
    expect(seen()).toEqual(before);
    expect(answers("tazlab")).toEqual(DEPLOYED.tazlab);
  });
});

test("the stack's cluster is chosen", async () => {
  await runBlock("choose-cluster", { replace: { "<context>": "sandbox" } });
  const { stdout } = await shell.run("pulumi config get kubernetes:context --stack ozilab");
  expect(stdout).toBe("sandbox");
});

test("an edit of the policy is given up", async () => {
  const { policy } = inWorld("ozilab", tailnet);
  inWorld("ozilab", (world) => {
    changeTailnet(world, { policy: policy.replace('"attr": ["funnel"]', '"attr": []') });
  });
  const { stdout } = await shell.run("pulumi preview --stack ozilab || true");
  expect(stdout).toContain("a policy that was changed after this stack wrote it");
  const [checksum = ""] = /sha256:[0-9a-f]{16}(?=\)\n)/.exec(stdout) ?? [];
  await runBlock("give-up-edit", { replace: { "<checksum>": checksum } });
  expect(inWorld("ozilab", tailnet).policy).toBe(policy);
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
  inWorld("ozilab", (world) => {
    const [[, device] = []] = [...devices(world)].filter(([, { name }]) => name === "ozilab-edge");
    if (device === undefined) throw new Error("there is no Funnel");
    deleteIngress(world);
    // The machine of a cluster that is gone keeps the name.
    devices(world).set("lost", { ...device, owner: "proxy Ingress lost/lost" });
  });
  await shell.run("pulumi up --refresh --yes --stack ozilab");
  expect(await funnel()).toBe("ozilab-edge-1.tail1234.ts.net");

  inWorld("ozilab", (world) => {
    devices(world).delete("lost");
    deleteIngress(world);
  });
  await runBlock("take-name-back");
  expect(await funnel()).toBe("ozilab-edge.tail1234.ts.net");
});

test("the Worker replaces the SNI override", async () => {
  await runBlock("use-worker");
  expect(
    inWorld("ozilab", (world) =>
      rulesets(world)
        .values()
        .flatMap(({ phase, rules }) => (rules.length > 0 ? [phase] : [])),
    ),
  ).not.toContain("http_request_origin");
});

test("a Worker of another name is uploaded, and the one that exists stays as it is", async () => {
  await shell.run("pulumi config set --path tailnet-edge:publicEdge.via worker --stack ozilab");
  const byHand = inWorld("ozilab", (world) => {
    const [{ accountId } = { accountId: "" }] = zones(world).values();
    const script = { accountId, scriptName: "ozilab-edge", content: "export default {}" };
    workerScripts(world).set("ozilab-edge", script);
    return script;
  });
  const { exitCode, stdout } = await shell.run("pulumi up --yes --stack ozilab");
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringContaining(
      "a Worker of this name in the Cloudflare account, which this stack did not create",
    ),
  ]);
  await runBlock("worker-name");
  const scripts = inWorld("ozilab", (world) => new Map(workerScripts(world)));
  expect([...scripts.keys()].toSorted()).toEqual(["ozilab-edge", "ozilab-edge-worker"]);
  expect(scripts.get("ozilab-edge")).toEqual(byHand);
});

test("every request has its own connection again, and the pool is deleted", async () => {
  await shell.run(
    "pulumi config set --path tailnet-edge:publicEdge.via worker --stack ozilab && " +
      "pulumi config set --path tailnet-edge:publicEdge.worker.connections pooled --stack ozilab && " +
      "pulumi up --yes --skip-preview --stack ozilab",
  );
  const scripts = () => inWorld("ozilab", (world) => [...workerScripts(world)].map(([name]) => name));
  expect(scripts().toSorted()).toEqual(["ozilab-edge", "ozilab-edge-pool"]);
  await runBlock("single-connections");
  expect(scripts()).toEqual(["ozilab-edge"]);
});

test("the exposure names who can reach a service", async () => {
  const printed = await runBlock("who-can-reach", { stack: "tazlab" });
  expect(JSON.parse(printed)).toContainEqual(
    expect.objectContaining({ name: "grafana", allowed: ["tag:tazpod"] }),
  );
});

test("make plan names a mistake in the stack's file", async () => {
  expect(readFileSync(join(folder, "Makefile"), "utf8")).toContain("plan:");
  // When make runs the tests, its flags and variables must not reach this make.
  const env = { MAKEFLAGS: "", MAKELEVEL: "" };
  expect(await runBlock("check-file", { variables: env })).toContain("Stack ozilab: ");
});

test.each(["after-pending"])("%s: the release is complete again", async (block) => {
  await runBlock(block);
  expect(answers()).toEqual(DEPLOYED.ozilab);
});

test("after a killed update, the stack is unlocked and complete", async () => {
  const { stdout } = await shell.run("pulumi stack export --stack ozilab");
  const state = JSON.parse(stdout) as {
    deployment: { resources: { urn: string }[]; pending_operations?: object[] };
  };
  const pending = state.deployment.resources.find(({ urn }) => urn.endsWith("::app.example.com"));
  state.deployment.pending_operations = [{ resource: { ...pending, id: "" }, type: "creating" }];
  writeFileSync(join(folder, "pending.json"), JSON.stringify(state));
  await shell.run("pulumi stack import --file pending.json --stack ozilab");
  const locks = join(sandbox, "state", ".pulumi", "locks", "organization", "tailnet-edge", "ozilab");
  mkdirSync(locks, { recursive: true });
  writeFileSync(
    join(locks, "killed.json"),
    JSON.stringify({ pid: 1, username: "test", hostname: "test", timestamp: "2026-01-01T00:00:00Z" }),
  );
  const locked = await shell.run("pulumi up --yes --skip-preview --stack ozilab");
  expect([locked.exitCode, locked.stdout + locked.stderr]).toEqual([
    255,
    expect.stringContaining("the stack is currently locked"),
  ]);
  await runBlock("killed-update");
  expect(answers()).toEqual(DEPLOYED.ozilab);
});

test("a rotation leaves one client", async () => {
  const ids = () =>
    inWorld("ozilab", (world) =>
      credentials(world)
        .values()
        .map(({ id }) => id),
    );
  const before = ids();
  await runBlock("rotate");
  expect(ids()).toHaveLength(1);
  expect(ids()).not.toEqual(before);
});

test("a client that was made in the console is rotated", async () => {
  await shell.run("pulumi config rm --path tailnet-edge:operator.credential --stack ozilab");
  await shell.run("pulumi config set --path tailnet-edge:operator.credential.kind existing --stack ozilab");
  shell.prepare("ozilab", {
    oauthClients: ["old", "new"].map((id) => ({
      id,
      secret: `secret-${id}`,
      scopes: ["auth_keys", "devices:core", "services"],
      tags: ["tag:k8s-operator"],
    })),
  });
  const printed = await runBlock("rotate-existing", {
    variables: { CLIENT_ID: "new", CLIENT_SECRET: "secret-new" },
    console: {
      "revoke the old client": () => {
        inWorld("ozilab", (world) => {
          credentials(world).delete("old");
        });
      },
    },
  });
  expect(printed).not.toContain("secret-new");
  expect(answers()).toEqual(DEPLOYED.ozilab);
});

test("the chart is upgraded", async () => {
  expect(await runBlock("upgrade-chart")).toContain("1.98.4");
  expect(answers()).toEqual(DEPLOYED.ozilab);
});

test("a renamed tailnet: every hostname follows", async () => {
  await runBlock("rename-tailnet", { console: { "rename the tailnet": renameTailnet } });
  expect(answers()).toEqual(
    DEPLOYED.ozilab.map((line) => line.replaceAll("tail1234.ts.net", "renamed.ts.net")),
  );
});

function renameTailnet(): void {
  const file = join(sandbox, WORLD_FILE);
  const text = readFileSync(file, "utf8").replaceAll("tail1234.ts.net", "renamed.ts.net");
  writeFileSync(file, text);
  expect(readDocument(file).tables["clusters"]).toEqual(
    expect.objectContaining({ ozilab: "renamed.ts.net" }),
  );
}

test("one hostname goes back to its tunnel", async () => {
  await runBlock("rollback-hostname");
  expect(await contentOf("app.example.com")).toBe("1b2c3d4e.cfargotunnel.com");
});

test("the whole edge goes back to cloudflared", async () => {
  await runBlock("rollback-edge");
  expect(await contentOf("app.example.com")).toBe("1b2c3d4e.cfargotunnel.com");
});

test("a service has its legacy route again, beside the tailnet's", async () => {
  await runBlock("rollback-service", { stack: "tazlab" });
  const { stdout } = await shell.run("pulumi stack output exposure --json --stack tazlab");
  expect(stdout).toContain('"address": "192.168.1.241:5432"');
  expect(stdout).toContain('"address": "tazlab-db.magellanic-gondola.ts.net:5432"');
});

test("a reverted commit is deployed", async () => {
  await project.change("Pulumi.ozilab.yaml", "- app.example.com", "- app.example.com\n      - b.example.com");
  await shell.run("pulumi up --yes --skip-preview --stack ozilab");
  expect(answers()).not.toEqual(DEPLOYED.ozilab);
  await project.git("config", "user.name", "Test");
  await project.git("config", "user.email", "test@example.com");
  await runBlock("rollback-commit");
  expect(answers()).toEqual(DEPLOYED.ozilab);
});

test("every command of the page is in a block that a test runs", () => {
  const text = readFileSync(join(PROJECT_FOLDER, "docs", "runbook.md"), "utf8");
  const kubectl = [...BLOCKS.keys()].filter((name) => name.startsWith("kubectl-"));
  expect([...BLOCKS.keys()].filter((name) => !ran.has(name) && !kubectl.includes(name))).toEqual([]);
  const marked = [...BLOCKS.values()].flat().length;
  const indented = text.replaceAll(/\\\n\s*/g, "").match(/^ {4}\S.*$/gm) ?? [];
  expect(indented).toHaveLength(marked);
  expect(text).not.toContain("```");
});

async function contentOf(host: string): Promise<string | undefined> {
  const { stdout } = await shell.run("pulumi stack output hostnames --json --stack ozilab");
  return (JSON.parse(stdout) as Record<string, { target: string }>)[host]?.target;
}
