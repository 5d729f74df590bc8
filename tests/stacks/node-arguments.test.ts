import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { readYaml } from "../../sandbox/prerequisites/stack-settings.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

test("Node accepts the arguments with which Pulumi starts the program", async () => {
  const { runtime } = readYaml(join(PROJECT_FOLDER, "Pulumi.yaml")) as {
    readonly runtime: { readonly options: { readonly nodeargs: string } };
  };
  const { stdout } = await execa("node", [runtime.options.nodeargs, "--print", "Error.stackTraceLimit"]);
  expect(stdout).toBe("1");
});
