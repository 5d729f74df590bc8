import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import program from "../../index.ts";
import { findEngine } from "../../sandbox/engine/find-engine.ts";
import { prerequisitesOf } from "../../sandbox/prerequisites/prerequisites.ts";
import { seed } from "../../sandbox/prerequisites/seed.ts";
import { incidents } from "../../sandbox/providers/incidents.ts";
import { objects } from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { Session } from "../../sandbox/session/session.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";
import { stepsOf } from "./inline-project.ts";

let folder: string;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ozilab-"));
  session = new Session({
    engine: await findEngine(),
    folder,
    projectFolder: PROJECT_FOLDER,
    stack: "ozilab",
    program,
  });
  const prerequisites = prerequisitesOf(session.settings());
  session.withWorld((world) => {
    seed(world, prerequisites);
  });
});

afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

test("the ozilab stack comes up, stays unchanged, shows no drift, leaks no secret and is destroyed", async () => {
  const up = await session.run("up");
  expect([up.ok, up.errors, up.warnings]).toEqual([true, [], []]);
  const fqdn = "ozilab-edge.tail1234.ts.net";
  expect(up.outputs["funnel"]?.value).toEqual({ actual: fqdn, expected: fqdn });

  const stored = session.withWorld((world) => objects(world).get("Secret tailscale/operator-oauth")?.data);
  const key = Buffer.from(stored?.["client_secret"] ?? "", "base64").toString();
  expect(key).toMatch(/^tskey-client-/);
  for (const text of [up.log, ...textsIn(join(folder, "state")), ...textsIn(join(folder, "home"))]) {
    expect(text.includes(key)).toBe(false);
  }

  expect(stepsOf(await session.run("up"))).toEqual([]);
  expect(stepsOf(await session.run("refresh"))).toEqual([]);
  const down = await session.run("destroy");
  expect([down.ok, down.errors]).toEqual([true, []]);
  expect(session.withWorld((world) => incidents(world).values())).toEqual([]);
});

function textsIn(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}
