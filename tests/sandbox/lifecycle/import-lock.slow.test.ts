import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { shellProject } from "../../support/shell-project.ts";
import { afterEachCall } from "./after-each-call.ts";
import { ImportSteps } from "./import-steps.ts";
import { acceptedSecrets, isRefused, sentSecret } from "./lock-state.ts";

const STACK = "ozilab";
const HOSTS = ["app.example.com", "www.example.com"];
const project = await shellProject();
const steps = new ImportSteps(project);
afterAll(() => project.remove());

const inWorld = <T>(use: (world: World) => T) => project.shell.withWorld(STACK, use);
const sent = () => inWorld((world) => HOSTS.map((host) => sentSecret(world, host)));

/** Runs `pulumi up`. @returns the hostnames whose visitors get a 403 at some time, with the call before */
async function up(): Promise<readonly string[]> {
  const refused: string[] = [];
  await afterEachCall(
    { sandbox: join(project.folder, ".sandbox"), stack: STACK, withWorld: inWorld },
    async () => await steps.run("pulumi up --yes --skip-preview"),
    ({ operation, world }) => {
      for (const host of HOSTS) if (isRefused(world, host)) refused.push(`${host}: ${operation}`);
    },
  );
  return refused;
}

let lost = "";

beforeAll(async () => {
  steps.addWorkerHostname();
  steps.edit(/^( +)tailnet-edge:publicEdge:$/m, "$&\n$1  originLock: true");
  project.shell.prepare(STACK);
  await steps.run(`pulumi stack init ${STACK}`);
  expect(await up()).toEqual([]);
  [lost = ""] = inWorld(acceptedSecrets) ?? [];
  expect(lost).toMatch(/^[0-9a-f]{64}$/);
  expect(sent()).toEqual([lost, lost]);
  await steps.loseState(STACK);
});

test("a stack with an origin lock that lost its state refuses no visitor, if its router is deleted as the conflict says", async () => {
  const lists = await steps.adopt(STACK);
  expect(lists).toContain("In conflict: 1\n");
  expect(lists).toContain("kubectl delete ingressroute.traefik.io -n traefik ozilab-edge-lock");
  const file = readFileSync(join(project.folder, "adopt.json"), "utf8");
  expect(file).toContain(":ZoneRules");
  expect(file).not.toContain(":IngressRoute");
  for (const text of [lists, file]) expect(text).not.toContain(lost);

  inWorld((world) => {
    objects(world).delete("IngressRoute traefik/ozilab-edge-lock");
  });
  expect(await up()).toEqual([]);
  const [next = ""] = inWorld(acceptedSecrets) ?? [];
  expect(next).not.toBe(lost);
  expect(sent()).toEqual([next, next]);
  await steps.run("pulumi preview --expect-no-changes");
});
