import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { serveApis } from "../../sandbox/http/server.ts";
import { apiVariables } from "../../sandbox/http/variables.ts";
import { MemoryWorld } from "../../sandbox/world/world.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";
import { failingPulumi } from "./fake-pulumi.ts";

test("an up that fails ends the run, and the cluster says why", async () => {
  const folder = await mkdtemp(join(tmpdir(), "up-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const world = new MemoryWorld();
  const pulumi = failingPulumi("timed out");
  const env = {
    ...apiVariables(await serveApis((_, use) => use(world)), folder, "ozilab"),
    PATH: pulumi.path,
  };
  const { exitCode, stdout, stderr } = await execa({ cwd: PROJECT_FOLDER, env, reject: false })(
    process.execPath,
    ["ci/up.ts"],
  );
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 1,
    stdout: "the cluster shows no cause (context sandbox)",
    stderr: "timed out\nstack ozilab failed; not run: tazlab",
  });
  expect(pulumi.calls()).toEqual(["up --yes --non-interactive --stack ozilab"]);
});
