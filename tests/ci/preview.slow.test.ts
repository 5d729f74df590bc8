import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { changeTailnet, tailnet } from "../../sandbox/providers/tailscale/tailnet.ts";
import { changedProject } from "./changed-project.ts";
import { CHANGES, commentText, PREVIEW, widen } from "./typical-changes.ts";

const project = await changedProject(["ozilab", "tazlab"]);
afterAll(() => project.remove());

test.each(CHANGES.slice(1))("$name: the comment on the real preview", async ({ name, passes, ...edit }) => {
  await project.change(edit.file, edit.from, edit.to);
  const { exitCode, stdout } = await project.shell.run(PREVIEW);
  await expect(commentText(stdout)).toMatchFileSnapshot(`goldens/${name}.md`);
  expect(exitCode).toBe(passes ? 0 : 1);
});

describe("a change of the documentation alone", () => {
  test("touches no stack", async () => {
    await project.change("ci/run-command.ts", "/** Runs", "/**  Runs");
    const { exitCode, stdout } = await project.shell.run(PREVIEW);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("No stack is touched by this change.")]);
  });
});

describe("a preview that fails", () => {
  const failing = async (variables: Readonly<Record<string, string>> = {}) => {
    const { exitCode, stdout, stderr } = await project.shell.run(PREVIEW, variables);
    const report = join(project.folder, ".cache", "ci", "report.json");
    const { stacks } = JSON.parse(readFileSync(report, "utf8")) as {
      stacks: { preview: { kind: string } }[];
    };
    expect(stacks.map(({ preview }) => preview.kind)).toEqual(["failed"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("the preview of stack ozilab failed") as string,
    });
    return stdout;
  };

  test.each([
    ["missing credentials", { PULUMI_CONFIG_PASSPHRASE: "wrong" }, "incorrect passphrase"],
    ["a wrong backend", { PULUMI_BACKEND_URL: "file:///does/not/exist" }, "/does/not/exist"],
  ])("says so for %s", async (_, variables, message) => {
    await widen(project);
    const text = await failing(variables);
    expect(text).toContain("| `ozilab` | **failed** |");
    expect(text).toContain("### `ozilab` failed");
    expect(text).toContain(message);
  });

  test("says so for a policy that somebody has edited, and repeats no key", async () => {
    await widen(project);
    const { policy } = project.shell.withWorld("ozilab", (world) => {
      const before = tailnet(world);
      changeTailnet(world, { policy: `// tskey-api-secret\n${before.policy.replace("tcp:443", "tcp:444")}` });
      return before;
    });
    const text = await failing();
    expect(text).toContain("a policy that was changed after this stack wrote it");
    expect(text).not.toContain("tskey-api-secret");
    project.shell.withWorld("ozilab", (world) => {
      changeTailnet(world, { policy });
    });
  });

  test("says so for a mistake in the stack's file, without previewing it", async () => {
    await project.change("Pulumi.ozilab.yaml", "port: 443", "port: 0");
    const text = await failing({ PATH: process.env["PATH"] ?? "" });
    expect(text).toContain("tailnet-edge:publicEdge.funnel.backend.port");
  });
});

test("a stack without a state: the comment says so", async () => {
  await project.change("Pulumi.ozilab.yaml", "config:", "config: ");
  await project.git("mv", "Pulumi.ozilab.yaml", "Pulumi.newlab.yaml");
  await project.git("commit", "--quiet", "--message=Rename");
  const { exitCode, stdout } = await project.shell.run(PREVIEW);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("no stack named 'newlab' found");
  expect(stdout).toContain("Pulumi.ozilab.yaml is removed, and the stack is not: run pulumi destroy first");
});
