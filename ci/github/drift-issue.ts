import { z } from "zod";
import type { GitHub } from "./api.ts";

const issue = z.object({
  number: z.number(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

/** The drift of one stack, as a text for people; undefined if there is none. */
export interface StackDrift {
  readonly stack: string;
  readonly report: string | undefined;
}

/**
 * Keeps one open issue for a stack that has drifted: opens or edits it, and closes it when the drift is gone.
 *
 * @param author - the login that the token writes as
 */
export async function putDriftIssue(
  github: GitHub,
  author: string,
  { stack, report }: StackDrift,
): Promise<void> {
  const mark = `<!-- tailnet-edge: drift of ${stack} -->`;
  const open = await github.list("/issues", { state: "open", creator: author }, issue);
  const [existing, ...others] = open.filter(({ body }) => body?.startsWith(mark));
  const body = `${mark}\n\n${report ?? ""}`;
  if (report === undefined) {
    for (const { number } of existing ? [existing, ...others] : []) {
      await github.post(`/issues/${number}/comments`, { body: "The last run found no drift." });
      await github.patch(`/issues/${number}`, { state: "closed" });
    }
  } else if (existing === undefined) {
    await github.post("/issues", { title: `Drift in stack ${stack}`, body });
  } else {
    await github.patch(`/issues/${existing.number}`, { body });
  }
}
