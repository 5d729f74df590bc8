import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { rulesets } from "../../sandbox/providers/cloudflare/entry-points.ts";
import { workerScripts } from "../../sandbox/providers/cloudflare/worker-script.ts";
import { zones } from "../../sandbox/providers/cloudflare/zones.ts";
import { objectKey, objects } from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { RunbookProject } from "./runbook-project.ts";

const runbook = await RunbookProject.create(["ozilab"]);
const { shell } = runbook.project;
afterAll(() => runbook.project.remove());
beforeEach(() => runbook.reset());

test("the Worker replaces the SNI override", async () => {
  await runbook.runBlock("use-worker");
  expect(
    runbook.inWorld((world) =>
      rulesets(world)
        .values()
        .flatMap(({ phase, rules }) => (rules.length > 0 ? [phase] : [])),
    ),
  ).not.toContain("http_request_origin");
});

test("a Worker of another name is uploaded, and the one that exists stays as it is", async () => {
  await shell.run("pulumi config set --path tailnet-edge:publicEdge.via worker --stack ozilab");
  const byHand = runbook.inWorld((world) => {
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
  await runbook.runBlock("worker-name");
  const scripts = runbook.inWorld((world) => new Map(workerScripts(world)));
  expect([...scripts.keys()].toSorted()).toEqual(["ozilab-edge", "ozilab-edge-worker"]);
  expect(scripts.get("ozilab-edge")).toEqual(byHand);
});

test("every request has its own connection again, and the pool is deleted", async () => {
  await shell.run(
    "pulumi config set --path tailnet-edge:publicEdge.via worker --stack ozilab && " +
      "pulumi config set --path tailnet-edge:publicEdge.worker.connections pooled --stack ozilab && " +
      "pulumi up --yes --skip-preview --stack ozilab",
  );
  const scripts = () => runbook.inWorld((world) => [...workerScripts(world)].map(([name]) => name));
  expect(scripts().toSorted()).toEqual(["ozilab-edge", "ozilab-edge-pool"]);
  await runbook.runBlock("single-connections");
  expect(scripts()).toEqual(["ozilab-edge"]);
});

test("make plan names a mistake in the stack's file", async () => {
  expect(readFileSync(join(runbook.project.folder, "Makefile"), "utf8")).toContain("plan:");
  // When make runs the tests, its flags and variables must not reach this make.
  const env = { MAKEFLAGS: "", MAKELEVEL: "" };
  expect(await runbook.runBlock("check-file", { variables: env })).toContain("Stack ozilab: ");
});

describe("the origin lock", () => {
  const LOCK = objectKey("IngressRoute", "traefik", "ozilab-edge-lock");
  const routers = () => runbook.inWorld((world) => objects(world).get(LOCK));
  const lockRules = () =>
    runbook.inWorld((world) =>
      rulesets(world)
        .values()
        .flatMap(({ phase, rules }) => (phase === "http_request_late_transform" ? rules : [])),
    );
  const turnOn = async () => {
    const set = "pulumi config set --path tailnet-edge:publicEdge.originLock.serial 1 --stack ozilab";
    const { exitCode } = await shell.run(`${set} && pulumi up --yes --skip-preview --stack ozilab`);
    expect(exitCode).toBe(0);
  };

  test("is put back after somebody removed its rule from the zone", async () => {
    await turnOn();
    const before = lockRules().map((rule) => ({ ...rule, id: "-" }));
    runbook.inWorld((world) => {
      for (const [id, ruleset] of [...rulesets(world)]) {
        if (ruleset.phase === "http_request_late_transform")
          rulesets(world).set(id, { ...ruleset, rules: [] });
      }
    });
    await runbook.runBlock("lock-put-back");
    expect(before).toHaveLength(1);
    expect(lockRules().map((rule) => ({ ...rule, id: "-" }))).toEqual(before);
  });

  test("is turned off: the router goes first, then the secret", async () => {
    await turnOn();
    expect(routers()?.kind).toBe("IngressRoute");
    await runbook.runBlock("lock-off");
    expect([routers(), lockRules()]).toEqual([undefined, []]);
    expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
  });

  test("demands a new secret after a rotation, and no longer the old one", async () => {
    await turnOn();
    const before = JSON.stringify(routers()?.spec);
    await runbook.runBlock("rotate-lock");
    const { stdout } = await shell.run("pulumi preview --expect-no-changes --stack ozilab");
    expect(stdout).toContain("unchanged");
    const after = JSON.stringify(routers()?.spec);
    expect(after).not.toBe(before);
    expect(after.length).toBe(before.length);
  });
});
