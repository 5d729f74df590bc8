import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: { readonly login: string };
  body: string;
}

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly user: { readonly login: string };
  body: string;
  state: string;
}

/** The part of GitHub's API that the project calls, for one repository and one token. */
export class GitHubServer {
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  pulls: { number: number; body: string | null; head: { sha: string; label: string } }[] = [];
  /** Requests that changed something. */
  readonly writes: string[] = [];
  readonly #server: Server;
  #serial = 100;
  /** Requests that wait until as many have arrived. */
  #held: { readonly request: string; left: number; readonly release: PromiseWithResolvers<void> } | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then(async (body) => {
        await this.#hold(request);
        const [status, answer] = this.#answer(request, body === "" ? {} : (JSON.parse(body) as Body));
        response.writeHead(status, { "content-type": "application/json" });
        response.end(answer === undefined ? "" : JSON.stringify(answer));
      });
    }).listen(0, "127.0.0.1");
  }

  async environment(): Promise<Record<string, string>> {
    if (!this.#server.listening) await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: "platform/edge",
      GITHUB_TOKEN: TOKEN,
    };
  }

  addComment(issue: number, login: string, body: string): Comment {
    const comment = { id: (this.#serial += 1), issue, user: { login }, body };
    this.comments.push(comment);
    return comment;
  }

  /** Answers the first `count` such requests only when all of them have arrived: `POST /issues/7/comments`. */
  holdFirst(request: string, count: number): void {
    this.#held = { request, left: count, release: Promise.withResolvers() };
  }

  close(): void {
    this.#server.close();
  }

  async #hold({ method = "", url = "" }: IncomingMessage): Promise<void> {
    const held = this.#held;
    if (held?.request !== `${method} ${url.replace("/repos/platform/edge", "")}` || held.left === 0) return;
    held.left -= 1;
    if (held.left === 0) held.release.resolve();
    await held.release.promise;
  }

  #answer({ method = "", url = "", headers }: IncomingMessage, body: Body): [number, unknown?] {
    if (headers.authorization !== `Bearer ${TOKEN}`) return [401, { message: "Bad credentials" }];
    const { pathname, searchParams } = new URL(url, "http://github");
    const path = pathname.replace("/repos/platform/edge", "");
    if (method !== "GET") this.writes.push(`${method} ${path}`);
    const page = <T>(items: readonly T[]): [number, T[]] => {
      const [size, number] = [
        Number(searchParams.get("per_page") ?? 30),
        Number(searchParams.get("page") ?? 1),
      ];
      return [200, items.slice((number - 1) * size, number * size)];
    };
    const [, issue, comments] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const [, comment] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    if (path === "/pulls")
      return page(this.pulls.filter(({ head }) => head.label === searchParams.get("head")));
    if (path === "/issues" && method === "GET") {
      const creator = searchParams.get("creator");
      const wanted = searchParams.get("state") ?? "open";
      return page(
        this.issues.filter(
          ({ state, user }) => (wanted === "all" || state === wanted) && user.login === creator,
        ),
      );
    }
    if (path === "/issues") {
      const number = (this.#serial += 1);
      this.issues.push({ number, title: body.title ?? "", body: body.body ?? "", state: "open", user: BOT });
      return [201, {}];
    }
    if (comments !== undefined && method === "GET") {
      return page(this.comments.filter((one) => one.issue === Number(issue)));
    }
    if (comments !== undefined) return [201, this.addComment(Number(issue), BOT.login, body.body ?? "")];
    if (comment !== undefined) return this.#changeComment(Number(comment), method, body);
    if (issue !== undefined) {
      Object.assign(this.issues.find(({ number }) => number === Number(issue)) ?? {}, body);
      return [200, {}];
    }
    return [404, { message: "Not Found" }];
  }

  #changeComment(id: number, method: string, { body = "" }: Body): [number, unknown?] {
    const index = this.comments.findIndex((one) => one.id === id);
    const found = this.comments[index];
    if (found === undefined) return [404, { message: "Not Found" }];
    if (method === "DELETE") {
      this.comments.splice(index, 1);
      return [204];
    }
    found.body = body;
    return [200, {}];
  }
}

interface Body {
  readonly title?: string;
  readonly body?: string;
}

const TOKEN = "ghs_test";
const BOT = { login: "github-actions[bot]" };

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
