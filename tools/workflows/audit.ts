import { parse } from "yaml";

/**
 * Checks a workflow or a composite action for what lets a stranger run code or read a secret, a line for each finding.
 *
 * These are the audits of zizmor that apply to this repository, without its program: `unpinned-uses`,
 * `ref-version-mismatch` (a comment names the version), `template-injection`, `artipacked`, `excessive-permissions`,
 * `undocumented-permissions`, `dangerous-triggers`, `secrets-outside-env`, `secrets-inherit`, `concurrency-limits`,
 * `cache-poisoning`, `bot-conditions`, `anonymous-definition`. Source: zizmor, "Audit rules".
 */
export function auditWorkflow(file: string, text: string): readonly string[] {
  const document = parse(text) as Workflow;
  const lines = text.split("\n");
  const findings = [
    ...lines.flatMap(usesFindings),
    ...injections(document),
    ...(document.runs === undefined ? workflowFindings(document, lines) : []),
  ];
  return findings.map((finding) => `${file}: ${finding}`);
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
  /** Of a composite action. */
  readonly runs?: { readonly steps?: readonly Step[] };
}

interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly secrets?: unknown;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const PINNED = /^\s*(?:- )?uses: (?:\.\/[\w./-]+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
const IGNORED_TRIGGER = /zizmor: ignore\[dangerous-triggers\] \S+/;

function usesFindings(line: string): readonly string[] {
  if (!/^\s*(?:- )?uses:/.test(line) || PINNED.test(line)) return [];
  return [`${line.trim()}: pin the action by SHA, with its version in a comment`];
}

/** An expression in a script is text that the shell runs. */
function injections({ jobs = {}, runs }: Workflow): readonly string[] {
  const steps = [...Object.values(jobs).flatMap((job) => job.steps ?? []), ...(runs?.steps ?? [])];
  return steps.flatMap(({ name = "a step", run = "", uses = "", with: options = {} }) => [
    ...(run.includes("${{") ? [`${name}: pass the expression through env`] : []),
    ...(name === "a step" ? ["a step has no name"] : []),
    ...(uses.startsWith("actions/checkout@") && options["persist-credentials"] !== false
      ? [`${name}: set persist-credentials to false`]
      : []),
  ]);
}

function workflowFindings(document: Workflow, lines: readonly string[]): readonly string[] {
  const { on, permissions, concurrency, jobs = {} } = document;
  const triggers =
    typeof on === "string" ? [on] : Array.isArray(on) ? (on as string[]) : Object.keys(on ?? {});
  const dangerous = triggers.filter((name) => ["pull_request_target", "workflow_run"].includes(name));
  return [
    ...(JSON.stringify(permissions) === "{}"
      ? []
      : ["set permissions: {} for the workflow, and grant them to jobs"]),
    ...(concurrency === undefined ? ["limit the concurrency"] : []),
    ...dangerous
      .filter((name) => !lines.some((line) => line.includes(`${name}:`) && IGNORED_TRIGGER.test(line)))
      .map((name) => `${name}: say in a comment why this trigger is safe`),
    ...Object.entries(jobs).flatMap(([id, job]) => jobFindings(id, job, lines, triggers)),
  ];
}

function jobFindings(
  id: string,
  job: Job,
  lines: readonly string[],
  triggers: readonly string[],
): readonly string[] {
  const text = JSON.stringify(job);
  const hasSecrets = /\bsecrets\.(?!GITHUB_TOKEN)/.test(text);
  const writes = Object.entries(job.permissions ?? {}).filter(([, level]) => level === "write");
  return [
    ...(job.name === undefined ? [`${id}: give the job a name`] : []),
    ...(job["timeout-minutes"] === undefined ? [`${id}: set timeout-minutes`] : []),
    ...(job.permissions === undefined ? [`${id}: set the job's permissions`] : []),
    ...Object.entries(job.permissions ?? {})
      .filter(([name, level]) => !lines.some((line) => line.trim().startsWith(`${name}: ${level} # `)))
      .map(([name]) => `${id}: say in a comment what ${name} is for`),
    ...(job.secrets === "inherit" ? [`${id}: name the secrets that are passed on`] : []),
    ...(hasSecrets && job.environment === undefined
      ? [`${id}: a job with secrets needs an environment`]
      : []),
    ...(/github\.actor/.test(text) ? [`${id}: github.actor can be somebody else than the author`] : []),
    ...(hasSecrets && /actions\/cache@|"cache":/.test(text)
      ? [`${id}: a job with secrets reads no cache`]
      : []),
    ...(triggers.includes("pull_request") && (hasSecrets || writes.length > 0) && !excludesForks(job)
      ? [`${id}: a job with secrets or a write permission must exclude forks`]
      : []),
    ...(triggers.includes("workflow_run") && /"ref":|"repository":/.test(text)
      ? [`${id}: check out no code of the pull request`]
      : []),
  ];
}

function excludesForks({ if: condition = "" }: Job): boolean {
  return condition.trim() === "github.event.pull_request.head.repo.full_name == github.repository";
}
