import { z } from "zod";

export interface GitHubOptions {
  /** `https://api.github.com`, or a GitHub Enterprise Server's. */
  readonly url: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

const PER_PAGE = 100;
const TIMEOUT_MS = 30_000;

/** Calls of GitHub's REST API for one repository. */
export class GitHub {
  readonly #options: GitHubOptions;

  constructor(options: GitHubOptions) {
    this.#options = options;
  }

  /** Reads every page of a list. */
  async list<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    item: z.ZodType<T>,
  ): Promise<readonly T[]> {
    const found: T[] = [];
    for (let page = 1; ; page += 1) {
      const parameters = new URLSearchParams({ ...query, per_page: String(PER_PAGE), page: String(page) });
      const items = z.array(item).parse(await this.#call("GET", `${path}?${parameters.toString()}`));
      found.push(...items);
      if (items.length < PER_PAGE) return found;
    }
  }

  async post(path: string, body: object): Promise<void> {
    await this.#call("POST", path, body);
  }

  async patch(path: string, body: object): Promise<void> {
    await this.#call("PATCH", path, body);
  }

  /** Deletes what a path names, if it exists: another run may have deleted it. */
  async delete(path: string): Promise<void> {
    await this.#call("DELETE", path, undefined, [404]);
  }

  /**
   * @param allowed - statuses of a failure that is none
   * @throws Error with the status and GitHub's message; the token is not part of it
   */
  async #call(
    method: string,
    path: string,
    body?: object,
    allowed: readonly number[] = [],
  ): Promise<unknown> {
    const { url, repository, token } = this.#options;
    const response = await fetch(`${url}/repos/${repository}${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      const { cause = error } = error as Error;
      throw new GitHubError(`GitHub did not answer ${method} ${path}: ${(cause as Error).message}`);
    });
    const text = await response.text();
    if (allowed.includes(response.status)) return undefined;
    if (!response.ok)
      throw new GitHubError(`GitHub answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}

/** GitHub refused a call, or did not answer. */
export class GitHubError extends Error {}
