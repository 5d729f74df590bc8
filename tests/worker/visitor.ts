import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { originName, publicHost } from "./funnel.ts";

/** A response as a visitor sees it; `broken` when it ended before it was whole. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value, … as they came. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly broken: boolean;
}

/** How a request gets to the origin: through the Worker, or straight to it with the SNI that the Worker uses. */
export type Way = { readonly worker: number } | { readonly origin: number; readonly ca: string };

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

const maxHeaderSize = 256 * 1024;

/** One request on a connection of its own. Rejects when there is no valid response head. */
export async function ask(way: Way, { body, headers, ...rest }: Ask): Promise<Answer> {
  const host = { host: publicHost, "x-forwarded-proto": "https" };
  const common = {
    ...rest,
    headers: { ...host, ...headers },
    agent: false,
    maxHeaderSize,
    setHost: false,
  } as const;
  const request =
    "worker" in way
      ? httpRequest({ ...common, host: "127.0.0.1", port: way.worker })
      : httpsRequest({ ...common, host: "127.0.0.1", port: way.origin, ca: way.ca, servername: originName });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  let broken = false;
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    broken = true;
  }
  const { statusCode: status = 0, statusMessage: reason = "", rawHeaders } = response;
  return { status, reason, rawHeaders, headers: response.headers, body: Buffer.concat(chunks), broken };
}
