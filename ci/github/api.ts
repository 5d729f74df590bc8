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

  async delete(path: string): Promise<void> {
    await this.#call("DELETE", path);
  }

  /** @throws Error with the status and GitHub's message; the token is not part of it */
  async #call(method: string, path: string, body?: object): Promise<unknown> {
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
    });
    const text = await response.text();
    if (!response.ok)
      throw new GitHubError(`GitHub answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}

/** GitHub refused a call. */
export class GitHubError extends Error {}
