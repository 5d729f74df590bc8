import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A response of the server: JSON, a text, or none at all. */
export type Answer =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | "hang";

export interface ReceivedRequest {
  /** Method, path and query: `GET /zones?name=example.com`. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface HttpApi {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  readonly stop: () => Promise<void>;
}

/** Serves fixed answers by method, path and query on loopback. Anything else is a 404. */
export async function startHttpApi(answers: Readonly<Record<string, Answer>>): Promise<HttpApi> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const target = `${request.method ?? ""} ${request.url ?? ""}`;
      let body = "";
      for await (const chunk of request) body += String(chunk);
      requests.push({ target, authorization: request.headers.authorization, body });
      const answer = answers[target] ?? { status: 404, body: { message: "not found" } };
      if (answer === "hang") return;
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      response.end(text);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
