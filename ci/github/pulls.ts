import { z } from "zod";
import type { GitHub } from "./api.ts";

const pull = z.object({
  number: z.number(),
  body: z.string().nullish(),
  head: z.object({ sha: z.string() }),
});

export type PullRequest = z.infer<typeof pull>;

/** The part of GitHub's event `workflow_run` that identifies a pull request. */
export const workflowRunEvent = z.object({
  workflow_run: z.object({
    head_sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    head_branch: z.string(),
    head_repository: z.object({ owner: z.object({ login: z.string() }) }),
  }),
});

/**
 * The open pull requests whose newest commit a run belongs to; none if somebody has pushed since. GitHub leaves the
 * event's own list empty for a fork.
 */
export async function pullsOfRun(
  github: GitHub,
  { workflow_run: run }: z.infer<typeof workflowRunEvent>,
): Promise<readonly PullRequest[]> {
  const head = `${run.head_repository.owner.login}:${run.head_branch}`;
  const pulls = await github.list("/pulls", { state: "open", head }, pull);
  return pulls.filter(({ head: { sha } }) => sha === run.head_sha);
}
