import { afterAll, expect, test } from "vitest";
import { examineStacks } from "../../ci/examine-stacks.ts";
import { readGitHub } from "../../ci/github/environment.ts";
import { DOCTOR, DRIFT, putStackIssue } from "../../ci/github/stack-issue.ts";
import { doctorReport, findingOf, renderDoctorReport } from "../../ci/report/doctor-report.ts";
import { GitHubServer } from "./github-server.ts";

const server = new GitHubServer();
afterAll(() => {
  server.close();
});
const { github, author } = readGitHub(await server.environment());

const result = {
  subject: "app.example.com",
  title: "its record points at x",
  status: "ok",
  evidence: "CNAME x",
};
const broken = {
  ...{ ...result, subject: "zone example.com", status: "broken", evidence: "example.com | is `paused`" },
  finding: { cause: "zone-paused", text: "the zone is paused", fix: "unpause the zone" },
};
const consequence = {
  ...result,
  status: "broken",
  evidence: "not reported",
  consequenceOf: "zone/example.com",
};
const unknown = { ...result, subject: "policy", status: "unknown", evidence: "tskey-api-secret is denied" };
const REPORTS = {
  healthy: { verdict: "healthy", finishedAt: "2026-11-28T02:17:11Z", results: [result] },
  broken: { verdict: "broken", finishedAt: "2026-11-28T02:17:11Z", results: [broken, consequence, unknown] },
  unknown: { verdict: "unknown", finishedAt: "2026-11-28T02:17:11Z", results: [result, unknown] },
};

/** Examines stacks whose doctor prints these reports; undefined: it cannot start. */
async function run(reports: Readonly<Record<string, keyof typeof REPORTS | undefined>>) {
  const printed: string[] = [];
  const examine = (stack: string) => {
    const name = reports[stack];
    return Promise.resolve(name && findingOf(stack, doctorReport.parse(REPORTS[name])));
  };
  const status = await examineStacks(
    Object.keys(reports),
    { examine, healthy: "healthy" },
    {
      put: (problem) => putStackIssue(github, author, DOCTOR, problem),
      print: (line) => printed.push(line),
    },
  );
  return { status, printed };
}

const issues = () => server.issues.map(({ title, state }) => [title, state]);

test("a broken stack has one issue, which an unknown run keeps and a healthy one closes", async () => {
  expect(await run({ one: "healthy", two: "healthy" })).toEqual({
    ...{ status: 0, printed: ["one: healthy", "two: healthy"] },
  });
  expect(server.writes).toEqual([]);

  const { status, printed } = await run({ one: "broken", two: "unknown" });
  expect(status).toBe(1);
  expect(printed[0]).toContain("`the zone is paused`");
  expect(printed[1]).toContain("What could not be checked");
  expect(issues()).toEqual([["Broken stack one", "open"]]);

  expect((await run({ one: "unknown", two: "healthy" })).status).toBe(2);
  await run({ one: "broken", two: "healthy" });
  expect(issues()).toEqual([["Broken stack one", "open"]]);

  expect((await run({ one: "healthy", two: "healthy" })).status).toBe(0);
  expect(issues()).toEqual([["Broken stack one", "closed"]]);
  expect(server.comments.map(({ body }) => body)).toEqual(["The last run found every check OK."]);

  // A closed issue is history.
  await run({ one: "broken", two: "healthy" });
  expect(issues()).toEqual([
    ["Broken stack one", "closed"],
    ["Broken stack one", "open"],
  ]);
});

test("a doctor that cannot start is status 2, and changes no issue", async () => {
  const writes = server.writes.length;
  expect(await run({ one: undefined, two: "healthy" })).toEqual({ status: 2, printed: ["two: healthy"] });
  expect(server.writes.length).toBe(writes);
});

test("the issues of drift and of the doctor are separate", async () => {
  await putStackIssue(github, author, DRIFT, { stack: "three", report: "drift" });
  await run({ three: "broken" });
  await run({ three: "healthy" });
  expect(issues().slice(-2)).toEqual([
    ["Drift in stack three", "open"],
    ["Broken stack three", "closed"],
  ]);
});

test("the report has causes with fixes and what could not be checked, without consequences or keys", () => {
  expect(renderDoctorReport("one", doctorReport.parse(REPORTS.broken)))
    .toBe(`\`make doctor STACK=one\`, at \`2026-11-28T02:17:11Z\`.

### What to fix

| Where | Cause | Fix | Found |
| --- | --- | --- | --- |
| \`zone example.com\` | \`the zone is paused\` | \`unpause the zone\` | \`example.com \\| is 'paused'\` |

### What could not be checked

| Where | Check | Reason |
| --- | --- | --- |
| \`policy\` | \`its record points at x\` | \`[secret] is denied\` |`);
});

test("a long report is cut before GitHub refuses it", () => {
  const many = { ...REPORTS.broken, results: Array.from({ length: 400 }, () => broken) };
  const text = renderDoctorReport("one", doctorReport.parse(many));
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain("\n350 more.");
});
