import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeReport } from "../../ci/report-folder.ts";
import { COMMENT_MARK } from "../../ci/report/comment.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";
import { GitHubServer } from "./github-server.ts";

const SHA = "a".repeat(40);
const BOT = "github-actions[bot]";

let server: GitHubServer;
let folder: string;
beforeEach(() => {
  server = new GitHubServer();
  server.pulls = [{ number: 7, body: null, head: { sha: SHA, label: "ada:fix" } }];
  folder = mkdtempSync(join(tmpdir(), "comment-"));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const event = (branch = "fix", sha = SHA) => ({
  workflow_run: { head_sha: sha, head_branch: branch, head_repository: { owner: { login: "ada" } } },
});

async function comment(content: object = event(), variables: Record<string, string> = {}) {
  writeFileSync(join(folder, "event.json"), JSON.stringify(content));
  const { stdout, stderr, exitCode } = await execa({
    cwd: PROJECT_FOLDER,
    env: { ...(await server.environment()), ...variables },
    reject: false,
  })(process.execPath, ["ci/comment.ts", `--event=${folder}/event.json`, `--report=${folder}/report`]);
  return { stdout, stderr, exitCode };
}

function report(stack: string): void {
  const preview = { kind: "offline" as const, operations: [], warnings: [] };
  writeReport(
    join(folder, "report"),
    { commit: SHA, stacks: [{ stack, base: null, head: null, preview }] },
    "",
  );
}

test("two runs leave one comment, with the newer result", async () => {
  report("ozilab");
  expect(await comment()).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  report("tazlab");
  expect(await comment()).toMatchObject({ exitCode: 0 });
  expect(server.comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(/^<!-- tailnet-edge: preview -->\n[^]*`tazlab`/),
  ]);
  expect(server.writes).toEqual(["POST /issues/7/comments", "PATCH /issues/comments/101"]);
});

test("two runs at the same time leave one comment", async () => {
  report("ozilab");
  // Both runs have read the list before either adds a comment.
  server.holdFirst("POST /issues/7/comments", 2);
  const runs = await Promise.all([comment(), comment()]);
  expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  expect(server.writes.filter((write) => write.startsWith("POST"))).toHaveLength(2);
  expect(server.comments.map(({ id }) => id)).toEqual([101]);
});

test("finds its comment among hundreds, and touches none of others", async () => {
  for (let index = 0; index < 150; index += 1) server.addComment(7, "ada", `comment ${index}`);
  server.addComment(7, "eve", `${COMMENT_MARK}\ncopied`);
  const own = server.addComment(7, BOT, `${COMMENT_MARK}\nold`);
  const second = server.addComment(7, BOT, `${COMMENT_MARK}\nof a run at the same time`);
  report("ozilab");
  expect(await comment()).toMatchObject({ exitCode: 0 });
  expect(server.writes).toEqual([`PATCH /issues/comments/${own.id}`, `DELETE /issues/comments/${second.id}`]);
});

test("a run without a report replaces an old result", async () => {
  server.addComment(7, BOT, `${COMMENT_MARK}\nall is well`);
  await comment();
  expect(server.comments.map(({ body }) => body)).toEqual([
    `${COMMENT_MARK}\n\n## Preview of \`aaaaaaaaaaaa\`\n\n**The preview failed or was cancelled before it had a result.** The log of its job says why.`,
  ]);
});

test.each([
  ["an older commit", event("fix", "b".repeat(40))],
  ["a branch without a pull request", event("fix&head=ada:fix")],
])("writes nothing for %s", async (_, content) => {
  report("ozilab");
  expect(await comment(content)).toEqual({
    stdout: "No open pull request has this commit as its newest one.",
    stderr: "",
    exitCode: 0,
  });
  expect(server.writes).toEqual([]);
});

test("a report that cannot be read is no failure of a run without a pull request", async () => {
  report("ozilab");
  writeFileSync(join(folder, "report", "report.json"), "");
  expect(await comment(event("fix", "b".repeat(40)))).toMatchObject({ stderr: "", exitCode: 0 });
  expect(server.writes).toEqual([]);
});

test("names missing variables, and never prints the token", async () => {
  report("ozilab");
  expect((await comment(event(), { GITHUB_TOKEN: "" })).stderr).toContain(
    "  GITHUB_TOKEN\n    found:   nothing",
  );
  const refused = await comment(event(), { GITHUB_TOKEN: "ghs_wrong" });
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stderr).toMatch(/^GitHub answered 401 to GET \/pulls.*$/);
  expect(refused.stderr).not.toContain("ghs_wrong");
  const unreachable = await comment(event(), { GITHUB_API_URL: "http://127.0.0.1:1" });
  expect(unreachable).toMatchObject({ exitCode: 1 });
  expect(unreachable.stderr).toMatch(/^GitHub did not answer GET \/pulls.*: .+$/);
});

test.each([
  ["another form", '{"commit": "x", "stacks": [{"stack": "../../etc"}]}'],
  ["no JSON", "::warning::owned\n::stop-commands::x"],
  ["nothing", ""],
])("a report that cannot be read replaces an old result, and fails: %s", async (_, content) => {
  server.addComment(7, BOT, `${COMMENT_MARK}\nall is well`);
  report("ozilab");
  writeFileSync(join(folder, "report", "report.json"), content);
  expect(await comment()).toEqual({
    stdout: "",
    stderr: `${folder}/report/report.json is no report of make ci-preview`,
    exitCode: 1,
  });
  expect(server.comments.map(({ body }) => body)).toEqual([
    `${COMMENT_MARK}\n\n## Preview of \`aaaaaaaaaaaa\`\n\n**The report of the preview cannot be read, so its result is not known.** Run the preview again with the newest base branch.`,
  ]);
});
