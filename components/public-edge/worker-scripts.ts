import { AsyncResource } from "node:async_hooks";
import { getWorkersScript } from "@pulumi/cloudflare/getWorkersScript.js";
import { getWorkersScripts } from "@pulumi/cloudflare/getWorkersScripts.js";
import { getProject, getStack, ResourceHook } from "@pulumi/pulumi";
import { UserError } from "../config-issue.ts";

/** A script that exists in an account. */
export interface LiveScript {
  /** The latest migration of its Durable Objects; undefined if there was none. */
  readonly migrationTag: string | undefined;
}

/** Looks up a script by its name. Returns undefined if there is none, and if nobody answers, as in the offline plan. */
export async function lookUpScript(accountId: string, scriptName: string): Promise<LiveScript | undefined> {
  const found: Partial<Awaited<ReturnType<typeof getWorkersScripts>>> = await getWorkersScripts({
    accountId,
  });
  const script = found.results?.find(({ id }) => id === scriptName);
  return script && { migrationTag: script.migrationTag || undefined };
}

/** The first line of every script that this stack uploads. */
export function withOwner(content: string): string {
  return `${ownerLine()}\n${content}`;
}

/** Whether a stack uploaded a script. Cloudflare's API returns the script, and maybe other parts around it. */
export function isUploadedBy(content: string, project = getProject(), stack = getStack()): boolean {
  // A whole line: the name of another stack may start with this one's.
  return content.split(/\r?\n/).includes(ownerLine(project, stack));
}

/** The line by which a stack recognises a script that it uploaded. */
export function ownerLine(project = getProject(), stack = getStack()): string {
  return `// tailnet-edge: stack ${project}/${stack}`;
}

/**
 * A hook for `beforeCreate` of a script. Cloudflare replaces an existing script of the same name without a word, and a
 * later delete would remove it. So creation fails, in the preview too, if the name is taken: by a Worker that somebody
 * uploaded, or by another cluster's. A script of this stack that is not in its state is adopted: an interrupted update
 * may have uploaded it.
 */
export function nameIsFree(hookName: string): ResourceHook {
  // The engine calls the hook from outside the program, where a lookup would find no engine.
  const check = AsyncResource.bind(checkName);
  return new ResourceHook(hookName, ({ newInputs }) => check(newInputs as ScriptName), { onDryRun: true });
}

interface ScriptName {
  /** Unknown in the preview of a stack whose zone was not looked up. */
  readonly accountId?: unknown;
  readonly scriptName: string;
}

async function checkName({ accountId, scriptName }: ScriptName): Promise<void> {
  if (typeof accountId !== "string") return;
  if ((await lookUpScript(accountId, scriptName)) === undefined) return;
  const { script } = await getWorkersScript({ accountId, scriptName });
  if (!isUploadedBy(script)) throw nameTaken(scriptName);
}

function nameTaken(scriptName: string): UserError {
  return new UserError("the Worker", [
    {
      path: `Worker ${scriptName}`,
      found: "a Worker of this name in the Cloudflare account, which this stack did not create",
      allowed: "a name that no other Worker of the account has",
      fix: "set publicEdge.worker.name to a free name, or delete the other Worker if nothing uses it",
    },
  ]);
}
