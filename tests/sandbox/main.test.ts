import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

function sandbox(...args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["sandbox/main.ts", ...args], {
    cwd: PROJECT_FOLDER,
    encoding: "utf8",
  });
  return { stdout, stderr: stderr.replaceAll(PROJECT_FOLDER, "."), status };
}

test("an operation that there is not is refused with those that there are", () => {
  expect(sandbox("--do", "preview apply")).toEqual({
    stdout: "",
    stderr: 'DO is "apply"; allowed are preview, up, refresh, destroy, one or more\n',
    status: 1,
  });
});

test("a stack that there is not is refused with the file that it would have", () => {
  expect(sandbox("--stack", "nowhere")).toEqual({
    stdout: "",
    stderr: 'no stack "nowhere": . has no file Pulumi.nowhere.yaml\n',
    status: 1,
  });
});
