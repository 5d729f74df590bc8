import { z } from "zod";
import type { GitHub } from "./api.ts";

const issue = z.object({
  number: z.number(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

/** What a nightly run looks for, and the texts of its issue. */
export interface IssueTopic {
  /** Identifies the topic in the issue's first line, so it must never change. */
  readonly mark: string;
  /** What the title says before the stack's name. */
  readonly title: string;
  /** The last comment before the issue is closed. */
  readonly resolved: string;
}

export const DRIFT: IssueTopic = {
  mark: "drift",
  title: "Drift in stack",
  resolved: "The last run found no drift.",
};

export const DOCTOR: IssueTopic = {
  mark: "doctor",
  title: "Broken stack",
  resolved: "The last run found every check OK.",
};

/** The problem of one stack, as a text for people; undefined if there is none. */
export interface StackProblem {
  readonly stack: string;
  readonly report: string | undefined;
}

/**
 * Keeps one open issue for a stack with a problem: opens or edits it, and closes it when the problem is gone.
 *
 * @param author - the login that the token writes as
 */
export async function putStackIssue(
  github: GitHub,
  author: string,
  topic: IssueTopic,
  { stack, report }: StackProblem,
): Promise<void> {
  const mark = `<!-- tailnet-edge: ${topic.mark} of ${stack} -->`;
  const open = await github.list("/issues", { state: "open", creator: author }, issue);
  const [existing, ...others] = open.filter(({ body }) => body?.startsWith(mark));
  const body = `${mark}\n\n${report ?? ""}`;
  if (report === undefined) {
    for (const { number } of existing ? [existing, ...others] : []) {
      await github.post(`/issues/${number}/comments`, { body: topic.resolved });
      await github.patch(`/issues/${number}`, { state: "closed" });
    }
  } else if (existing === undefined) {
    await github.post("/issues", { title: `${topic.title} ${stack}`, body });
  } else {
    await github.patch(`/issues/${existing.number}`, { body });
  }
}
