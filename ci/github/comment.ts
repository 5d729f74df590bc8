import { z } from "zod";
import { COMMENT_MARK } from "../report/comment.ts";
import type { GitHub } from "./api.ts";

const issueComment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});

/**
 * Leaves exactly one comment of this program on a pull request: edits the first one, and deletes others that runs at
 * the same time have added.
 *
 * @param author - the login that the token writes as. Others can copy the mark, and their comments are not touched.
 */
export async function putComment(github: GitHub, pull: number, author: string, text: string): Promise<void> {
  const comments = `/issues/${pull}/comments`;
  let own = await ownComments(github, comments, author);
  if (own.length === 0) {
    await github.post(comments, { body: text });
    // Another run may have found none at the same time, and added its own.
    own = await ownComments(github, comments, author);
  }
  const [first, ...others] = own;
  if (first !== undefined && first.body !== text) {
    await github.patch(`/issues/comments/${first.id}`, { body: text });
  }
  for (const { id } of others) await github.delete(`/issues/comments/${id}`);
}

async function ownComments(github: GitHub, path: string, author: string) {
  const all = await github.list(path, {}, issueComment);
  return all
    .filter(({ body, user }) => user?.login === author && body?.startsWith(COMMENT_MARK))
    .toSorted((one, other) => one.id - other.id);
}
