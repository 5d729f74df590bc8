import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  lockManifest,
  type LockPlace,
  lockRule,
  refuseManifest,
} from "../../components/public-edge/origin-lock/lock-manifests.ts";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { type Funnel, originName, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { APPS, type Cluster, startCluster, USER_RULES } from "./cluster.ts";
import { funnelProxy } from "./funnel-proxy.ts";

const [APP, API] = APPS;
const SECRET = "0123456789abcdef".repeat(4);
const OLD = "fedcba9876543210".repeat(4);
const PLACE: LockPlace = { namespace: "traefik", name: "edge-lock", entryPoints: [], tls: true };
const HEADER = "Tailnet-Edge-Lock";

let cluster: Cluster;
let funnel: Funnel;
let workers: readonly RunningWorker[];

/** Gives Traefik the lock with these secrets, and waits until it is in use. */
async function lock(...secrets: readonly string[]): Promise<void> {
  const router = lockManifest(PLACE, lockRule(secrets));
  await cluster.apply(refuseManifest(PLACE), router);
  await cluster.loaded([...USER_RULES, ...router.spec.routes.map(({ match }) => match)]);
}

/** How to connect: through the Funnel, or to an entry point of Traefik from the tailnet or the cluster. */
type Way = "funnel" | "web" | "websecure";

interface Ask {
  readonly host?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
}

/** Sends a request byte by byte as written. @returns the status, and for 200 the application that answered */
async function ask(way: Way, { host = APP, path = "/", headers = [] }: Ask): Promise<string> {
  const { web, websecure } = cluster.traefik.ports;
  const port = { funnel: funnel.port, web, websecure }[way];
  const socket =
    way === "web"
      ? connect(port, "127.0.0.1")
      : connectTls({ host: "127.0.0.1", port, servername: originName, rejectUnauthorized: false });
  const close = headers.some((line) => /^connection:/i.test(line)) ? [] : ["Connection: close"];
  return await read(socket, [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...close, ...headers]);
}

async function read(socket: ReturnType<typeof connect>, lines: readonly string[]): Promise<string> {
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    const [, status = "", length] =
      /^HTTP\/1\.1 (\d+)[^]*?\r\nContent-Length: (\d+)[^]*?\r\n\r\n/i.exec(text) ?? [];
    const body = text.split("\r\n\r\n").slice(1).join("");
    if (length !== undefined && body.length >= Number(length)) {
      socket.destroy();
      return status === "200" ? body : status;
    }
  }
  const [, status = "no answer"] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
  const chunked = /\r\n\r\n[0-9a-f]+\r\n([^]*?)\r\n0\r\n/i.exec(text)?.[1] ?? "";
  return status === "200" ? chunked : status;
}

beforeAll(async () => {
  cluster = await startCluster();
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), funnelProxy(cluster.traefik.ports.websecure));
  const options = {
    bindings: { ORIGIN: `${originName}:${funnel.port}`, ORIGIN_LOCK: SECRET },
    authorities: [authority.certificate],
  };
  workers = await Promise.all([startWorker(options), startWorker({ ...options, pool: true })]);
});

afterAll(async () => {
  await Promise.all(workers.map(({ stop }) => stop()));
  await funnel.stop();
  await cluster.stop();
});

test("without a lock, Funnel reaches every application", async () => {
  expect([await ask("funnel", {}), await ask("funnel", { host: API })]).toEqual([APP, API]);
});

describe("with a lock", () => {
  beforeAll(async () => {
    await lock(SECRET);
  });

  test.each(APPS)("the secret reaches %s", async (host) => {
    expect(await ask("funnel", { host, headers: [`${HEADER}: ${SECRET}`] })).toBe(host);
  });

  test("the secret alone does not make a host known", async () => {
    expect(await ask("funnel", { host: "x.example.com", headers: [`${HEADER}: ${SECRET}`] })).toBe("404");
  });

  test.each<[string, Ask]>([
    ["no header", {}],
    ["a wrong secret", { headers: [`${HEADER}: ${OLD}`] }],
    ["an empty secret", { headers: [`${HEADER}:`] }],
    ["a part of the secret", { headers: [`${HEADER}: ${SECRET.slice(0, 63)}`] }],
    ["more than the secret", { headers: [`${HEADER}: ${SECRET}0`] }],
    ["the secret in upper case", { headers: [`${HEADER}: ${SECRET.toUpperCase()}`] }],
    ["the secret in a list", { headers: [`${HEADER}: ${SECRET}, ${OLD}`] }],
    ["several wrong secrets", { headers: [`${HEADER}: ${OLD}`, `${HEADER}: x`] }],
    ["the header with underscores", { headers: [`Tailnet_Edge_Lock: ${SECRET}`] }],
    ["the secret in another header", { headers: [`X-${HEADER}: ${SECRET}`] }],
    ["the Funnel's own name", { host: "ozilab-edge.tail1234.ts.net" }],
    ["an unknown host", { host: "x.example.com" }],
    ["a path that a router of high priority takes", { path: "/admin" }],
    ["a path of a certificate authority", { path: "/.well-known/acme-challenge/x" }],
    ["a WebSocket", { headers: ["Connection: Upgrade", "Upgrade: websocket"] }],
    [
      "a request that names the Funnel's header in Connection",
      {
        headers: ["Connection: close, Tailscale-Funnel-Request"],
      },
    ],
    [
      "a request that sends the Funnel's header itself",
      {
        headers: ["Tailscale-Funnel-Request: ?0", "Connection: tailscale-funnel-request, close"],
      },
    ],
    [
      "a secret that Connection names",
      {
        headers: [`${HEADER}: ${SECRET}`, `Connection: close, ${HEADER}`],
      },
    ],
  ])("%s through Funnel gets 403", async (_, request) => {
    expect(await ask("funnel", request)).toBe("403");
  });

  test.each<[string, readonly string[]]>([
    ["in lower case", [`${HEADER.toLowerCase()}: ${SECRET}`]],
    ["in upper case", [`${HEADER.toUpperCase()}: ${SECRET}`]],
    ["with spaces around the value", [`${HEADER}:   ${SECRET}  `]],
    ["beside a wrong one, which Cloudflare would have replaced", [`${HEADER}: x`, `${HEADER}: ${SECRET}`]],
  ])("accepts the header %s", async (_, headers) => {
    expect(await ask("funnel", { headers })).toBe(APP);
  });

  test.each<[Way, string]>([
    ["websecure", APP],
    ["websecure", API],
    ["web", APP],
  ])("a request to %s without Funnel reaches %s with any header", async (way, host) => {
    for (const headers of [[], [`${HEADER}: wrong`], [`${HEADER}: ${SECRET}`]]) {
      expect(await ask(way, { host, headers })).toBe(host);
    }
  });

  test.each([0, 1])(
    "the Worker's visitors reach their application, whatever they send (Worker %i)",
    async (index) => {
      const visit = async (host: string, headers: readonly string[]) =>
        await read(connect(workers[index]?.port ?? 0, "127.0.0.1"), [
          "GET / HTTP/1.1",
          `Host: ${host}`,
          ...headers,
        ]);
      for (const host of APPS) {
        expect(await visit(host, ["Connection: close"])).toBe(host);
        expect(await visit(host, ["Connection: close", `${HEADER}: x`, `${HEADER}: y`])).toBe(host);
        expect(await visit(host, [`Connection: close, ${HEADER}`])).toBe(host);
        expect(await visit(host, ["Connection: close", "Tailnet_Edge_Lock: x"])).toBe(host);
      }
    },
  );
});

test("two secrets are accepted in a rotation, and the old one is refused after it", async () => {
  const statusOf = async (secret: string) => await ask("funnel", { headers: [`${HEADER}: ${secret}`] });
  await lock(SECRET, OLD);
  expect([await statusOf(SECRET), await statusOf(OLD), await statusOf("x")]).toEqual([APP, APP, "403"]);
  await lock(SECRET);
  expect([await statusOf(SECRET), await statusOf(OLD)]).toEqual([APP, "403"]);
});

test("the API server rejects a router with a field that its resource definitions lack, as those of Traefik 2 lack syntax", async () => {
  const router = lockManifest(PLACE, lockRule([SECRET]));
  const [route] = router.spec.routes;
  const withoutField = { ...route, unknownField: "v3" };
  await expect(
    cluster.apply({ ...router, spec: { ...router.spec, routes: [withoutField] } }),
  ).rejects.toThrow(/unknownField: field not declared in schema/);
});
