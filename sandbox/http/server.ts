import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { World } from "../world/world.ts";
import { answer, type HttpApi } from "./api.ts";
import { cloudflareApi } from "./cloudflare.ts";
import { kubernetesApi } from "./kubernetes.ts";
import { tailscaleApi } from "./tailscale.ts";

/** The simulated systems by the first part of a request's path. */
const APIS: Readonly<Record<string, HttpApi>> = {
  cloudflare: cloudflareApi,
  kubernetes: kubernetesApi,
  tailscale: tailscaleApi,
};

/**
 * Has a request answered in the world as a stack sees it. It resolves to undefined if the world has no such stack.
 *
 * @param use - answers the request; the world is saved afterwards
 */
export type WithStackWorld = (
  stack: string,
  use: (world: World) => Promise<Response>,
) => Promise<Response | undefined>;

/**
 * Serves the simulated APIs on a free port of the loopback interface, under `/<api>/<stack>`:
 * `/cloudflare/ozilab/zones`.
 *
 * @returns the server's address
 */
export async function serveApis(withWorld: WithStackWorld): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    void respond(incoming, outgoing, withWorld);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // Nothing waits for further requests.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, withWorld: WithStackWorld) {
  const response = await route(incoming, withWorld).catch(
    (error: unknown) => new Response(`the sandbox failed: ${(error as Error).message}`, { status: 500 }),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

async function route(incoming: IncomingMessage, withWorld: WithStackWorld): Promise<Response> {
  const [, name = "", stack = "", path = ""] = /^\/([^/?]*)\/([^/?]*)(.*)$/.exec(incoming.url ?? "") ?? [];
  const api = APIS[name];
  const request = await requestOf(incoming, path);
  const response = api && (await withWorld(stack, (world) => answer(api, world, request)));
  return response ?? new Response(`the sandbox serves nothing at ${incoming.url ?? ""}`, { status: 404 });
}

async function requestOf(incoming: IncomingMessage, path: string): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const { method = "GET" } = incoming;
  const body = chunks.length > 0 && method !== "GET" ? { body: Buffer.concat(chunks) } : {};
  return new Request(new URL(path === "" ? "/" : path, "http://sandbox"), { method, headers, ...body });
}
