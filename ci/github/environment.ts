import { UserError } from "../../components/config-issue.ts";
import { GitHub } from "./api.ts";

/** The login of the token that GitHub gives to a workflow. */
const WORKFLOW_LOGIN = "github-actions[bot]";

export interface GitHubEnvironment {
  readonly github: GitHub;
  /** The login that the token writes as. */
  readonly author: string;
}

/**
 * Reads GitHub's address and credentials from the variables that a workflow has.
 *
 * @throws UserError with every missing variable
 */
export function readGitHub(variables: Readonly<Record<string, string | undefined>>): GitHubEnvironment {
  const missing = ["GITHUB_TOKEN", "GITHUB_REPOSITORY"].filter((name) => !variables[name]);
  if (missing.length > 0) {
    throw new UserError(
      "the environment",
      missing.map((name) => ({
        path: name,
        found: "nothing",
        allowed: name === "GITHUB_TOKEN" ? "a token of GitHub" : "owner/name",
        fix: "set the variable; in a workflow, github.token is the token",
      })),
    );
  }
  const { GITHUB_TOKEN: token = "", GITHUB_REPOSITORY: repository = "" } = variables;
  const url = variables["GITHUB_API_URL"] ?? "https://api.github.com";
  return {
    github: new GitHub({ url, repository, token }),
    author: variables["GITHUB_COMMENT_AUTHOR"] ?? WORKFLOW_LOGIN,
  };
}
