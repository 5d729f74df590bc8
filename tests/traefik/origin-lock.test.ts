import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { type Funnel, originName, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { poll } from "../apiserver/poll.ts";
import { answer, type Ask, ask as askPort } from "./ask.ts";
import { APPS, type Cluster, startCluster, USER_RULES } from "./cluster.ts";
import { funnelProxy } from "./funnel-proxy.ts";
import { rulesOf, stackLock } from "./stack-lock.ts";

const [APP, API] = APPS;
const SECRET = "0123456789abcdef".repeat(4);
const OLD = "fedcba9876543210".repeat(4);
/** By serial. */
const SECRETS = { 1: OLD, 2: SECRET };
const HEADER = "Tailnet-Edge-Lock";

let cluster: Cluster;
let funnel: Funnel;
let workers: readonly RunningWorker[];

/** Gives Traefik the lock of an `up` of the stack, and waits until it is in use. */
async function lock(serial: number, before = serial): Promise<void> {
  const objects = await stackLock(SECRETS, {
    settings: { serial },
    before: { serial: before, enforced: true },
  });
  await cluster.apply(...objects);
  await cluster.loaded([...USER_RULES, ...rulesOf(objects)]);
}

/** How to connect: through the Funnel, or to an entry point of Traefik from the tailnet or the cluster. */
type Way = "funnel" | "web" | "websecure";

async function ask(way: Way, request: Ask): Promise<string> {
  const { web, websecure } = cluster.traefik.ports;
  return await askPort(
    { funnel: funnel.port, web, websecure }[way],
    way === "web" ? "http" : "https",
    request,
  );
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
    await lock(2);
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
        await answer(connect(workers[index]?.port ?? 0, "127.0.0.1"), [
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

describe("a rotation", () => {
  const statusOf = async (secret: string) => await ask("funnel", { headers: [`${HEADER}: ${secret}`] });

  test("refuses no request while the router and the senders change, and the old secret after it", async () => {
    await lock(1);
    const answers: Record<string, number> = {};
    let sent: readonly string[] = [OLD];
    const rotation = new AbortController();
    const visitors = (async () => {
      for (let visit = 0; !rotation.signal.aborted; visit += 1) {
        const name = sent.length === 2 ? "both" : sent[0] === OLD ? "old" : "new";
        const result = `${name}: ${await statusOf(sent[visit % sent.length] ?? "")}`;
        answers[result] = (answers[result] ?? 0) + 1;
      }
    })();
    // Cloudflare's network changes from one secret to the other piece by piece.
    await lock(2, 1);
    await poll("the new secret", 300, async () => ((await statusOf(SECRET)) === APP ? true : undefined));
    sent = [OLD, SECRET];
    await untilAsked(() => answers[`both: ${APP}`]);
    sent = [SECRET];
    await lock(2);
    await untilAsked(() => answers[`new: ${APP}`]);
    rotation.abort();
    await visitors;
    expect(Object.keys(answers).toSorted()).toEqual([`both: ${APP}`, `new: ${APP}`, `old: ${APP}`]);
    expect([await statusOf(SECRET), await statusOf(OLD)]).toEqual([APP, "403"]);
  });

  test("accepts both secrets and no other", async () => {
    await lock(2, 1);
    expect([await statusOf(SECRET), await statusOf(OLD), await statusOf("x")]).toEqual([APP, APP, "403"]);
  });
});

test("the API server rejects a router with a field that its resource definitions lack, as those of Traefik 2 lack syntax", async () => {
  const [router] = (await stackLock(SECRETS)).filter(({ kind }) => kind === "IngressRoute");
  const routes = router?.spec.routes?.map((route) => ({ ...route, unknownField: "v3" }));
  await expect(cluster.apply({ ...router, spec: { ...router?.spec, routes } })).rejects.toThrow(
    /unknownField: field not declared in schema/,
  );
});

/** Waits until a number of visitors had such an answer. */
async function untilAsked(count: () => number | undefined): Promise<void> {
  await poll("visitors", 300, () => Promise.resolve((count() ?? 0) >= 20 ? true : undefined));
}
