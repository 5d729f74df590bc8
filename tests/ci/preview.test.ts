import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { changedProject } from "./changed-project.ts";
import { CHANGES, commentText, PREVIEW, widen } from "./typical-changes.ts";

const project = await changedProject(["ozilab"]);
afterAll(() => project.remove());

test.each(CHANGES.slice(0, 1))(
  "$name: the comment on the real preview",
  async ({ name, passes, ...edit }) => {
    await project.change(edit.file, edit.from, edit.to);
    const { exitCode, stdout } = await project.shell.run(PREVIEW);
    await expect(commentText(stdout)).toMatchFileSnapshot(`goldens/${name}.md`);
    expect(exitCode).toBe(passes ? 0 : 1);
  },
);

test("accepts wider access with the checksum that the comment names, and with no other", async () => {
  await widen(project);
  const { stdout } = await project.shell.run(PREVIEW);
  const [line = ""] = /Accepts-Exposure: [0-9a-f]{12}/.exec(stdout) ?? [];
  const body = (text: string) => {
    writeFileSync(
      join(project.folder, ".cache", "event.json"),
      JSON.stringify({ pull_request: { body: text } }),
    );
    return project.shell.run(`${PREVIEW} --offline --description=.cache/event.json`);
  };
  const accepted = await body(`More.\r\n${line}\r\n`);
  expect([accepted.exitCode, accepted.stderr]).toEqual([0, ""]);
  expect(accepted.stdout).toContain("> [!WARNING]");
  for (const other of [line.replace(/.$/, "x"), `> ${line}`, `${line} and more`, ""]) {
    expect(await body(other)).toMatchObject({ exitCode: 1 });
  }
});

test("an unknown base leaves no report of an earlier run", async () => {
  await widen(project);
  await project.shell.run(`${PREVIEW} --offline`);
  const { exitCode, stderr } = await project.shell.run("node ci/preview.ts --base=nowhere");
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("nowhere")]);
  expect(existsSync(join(project.folder, ".cache", "ci"))).toBe(false);
});

test("never runs a base that looks like an option", async () => {
  const { exitCode, stderr } = await project.shell.run("node ci/preview.ts --base=--output=/tmp/x");
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("--output=/tmp/x")]);
});
