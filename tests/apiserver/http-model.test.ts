import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { serveApis } from "../../sandbox/http/server.ts";
import { apiVariables } from "../../sandbox/http/variables.ts";
import { seed } from "../../sandbox/prerequisites/seed.ts";
import { MemoryWorld } from "../../sandbox/world/world.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";

/** Where to send requests, and with which credential. */
interface Target {
  readonly server: string;
  readonly token: string;
  readonly agent: Agent;
}

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data"?: string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

interface Call {
  readonly method?: "GET" | "PATCH";
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  readonly token?: string;
}

let server: ApiServer;
let folder: string;
let real: Target;
let model: Target;

beforeAll(async () => {
  server = await startApiServer();
  folder = await mkdtemp(join(tmpdir(), "http-model-"));
  const world = new MemoryWorld();
  seed(world, { objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } }] });
  real = await targetOf(server.kubeconfig);
  model = await targetOf(
    apiVariables(await serveApis((_, use) => use(world)), folder, "one")["KUBECONFIG"] ?? "",
  );
});

afterAll(async () => {
  await Promise.all([real.agent.close(), model.agent.close(), server.stop()]);
  await rm(folder, { recursive: true });
});

async function targetOf(kubeconfig: string): Promise<Target> {
  const { clusters, users } = parse(await readFile(kubeconfig, "utf8")) as Kubeconfig;
  const [{ cluster }] = clusters;
  const authority = cluster["certificate-authority-data"];
  const connect = authority === undefined ? {} : { connect: { ca: Buffer.from(authority, "base64") } };
  return { server: cluster.server, token: users[0].user.token, agent: new Agent(connect) };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function send(
  target: Target,
  { method = "GET", path, body, contentType = APPLY, token }: Call,
): Promise<Answer> {
  const { statusCode, body: answer } = await request(`${target.server}${path}`, {
    method,
    dispatcher: target.agent,
    headers: {
      authorization: `Bearer ${token ?? target.token}`,
      ...(body !== undefined && { "content-type": contentType }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: statusCode, body: text.startsWith("{") ? comparable(JSON.parse(text)) : text };
}

const APPLY = "application/apply-patch+yaml";

/** What the server makes up for each object or each answer. */
const SERVER_FIELDS = ["uid", "resourceVersion", "creationTimestamp", "generation", "time", "details"];

/** An answer without what differs from server to server, and its managers by name: their order has no meaning. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SERVER_FIELDS.includes(key))
      .map(([key, one]) => [key, comparable(key === "managedFields" ? byManager(one as Managed[]) : one)]),
  );
}

interface Managed {
  readonly manager: string;
}

function byManager(managers: readonly Managed[]): readonly Managed[] {
  return managers.toSorted((a, b) => a.manager.localeCompare(b.manager));
}

/** Sends the calls to both servers, in order. @returns their answers, and those of the real server */
async function both(calls: readonly Call[]): Promise<{ answers: Answer[]; expected: Answer[] }> {
  const answers = { model: [] as Answer[], real: [] as Answer[] };
  for (const call of calls) {
    answers.model.push(await send(model, call));
    answers.real.push(await send(real, call));
  }
  return { answers: answers.model, expected: answers.real };
}

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const apply = (name: string, manager: string, fields: object, force = false): Call => ({
  method: "PATCH",
  path: `${CONFIG_MAPS}/${name}?fieldManager=${manager}&force=${force}`,
  body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, ...fields },
});
const read = (name: string): Call => ({ path: `${CONFIG_MAPS}/${name}` });

describe("the simulated API server answers as the real one", () => {
  test("what does not exist, and a wrong credential", async () => {
    const { answers, expected } = await both([
      read("none"),
      { path: "/apis/apps/v1/namespaces/default/deployments/none" },
      { path: "/api/v1/things" },
      { path: "/apis/none.example.com/v1" },
      { ...read("none"), token: "wrong" },
    ]);
    expect(answers).toEqual(expected);
    expect(expected.map(({ status }) => status)).toEqual([404, 404, 404, 404, 401]);
  });

  test("the life of fields that two managers apply", async () => {
    const { answers, expected } = await both([
      apply("shared", "one", { data: { a: "1", b: "2" } }),
      read("shared"),
      apply("shared", "two", { data: { c: "3" } }),
      apply("shared", "two", { data: { c: "3", a: "other" } }),
      apply("shared", "two", { data: { c: "3", a: "other", b: "other" } }),
      apply("shared", "two", { data: { c: "3", a: "other" } }, true),
      read("shared"),
      apply("shared", "one", { data: { b: "2" } }),
      apply("shared", "two", {}),
      read("shared"),
    ]);
    expect(answers).toEqual(expected);
    expect(expected.map(({ status }) => status)).toEqual([201, 200, 200, 409, 409, 200, 200, 200, 200, 200]);
  });

  test("applies that are refused", async () => {
    const { answers, expected } = await both([
      { ...apply("refused", "one", { data: { a: "1" } }), path: `${CONFIG_MAPS}/refused` },
      { ...apply("refused", "one", {}), contentType: "text/plain" },
      {
        method: "PATCH",
        path: "/api/v1/namespaces/none/configmaps/refused?fieldManager=one",
        body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "refused", namespace: "none" } },
      },
      read("refused"),
    ]);
    expect(answers).toEqual(expected);
    expect(expected.map(({ status }) => status)).toEqual([422, 415, 404, 404]);
  });

  test("an apply for an object of another UID", async () => {
    const uid = "11111111-2222-4333-8444-555555555555";
    const withUid = (name: string) => apply(name, "one", { metadata: { name, namespace: "default", uid } });
    const { answers, expected } = await both([
      apply("known", "one", { data: { a: "1" } }),
      withUid("known"),
      withUid("unknown"),
      read("unknown"),
    ]);
    const essence = ({ status, body }: Answer) => ({ status, reason: (body as { reason: string }).reason });
    expect(answers.map(essence)).toEqual(expected.map(essence));
    expect(expected.map(({ status }) => status)).toEqual([201, 422, 409, 404]);
  });

  test("lists by label and by name", async () => {
    const labelled = (name: string, labels: object) =>
      apply(name, "labels", { metadata: { name, namespace: "default", labels } });
    const selected = (query: Readonly<Record<string, string>>): Call => ({
      path: `${CONFIG_MAPS}?${new URLSearchParams(query).toString()}`,
    });
    const selectors = [
      "app=web",
      "app==web",
      "app!=web",
      "app",
      "!app",
      "app in (web, api)",
      "app notin (web)",
    ];
    const { answers, expected } = await both([
      labelled("list-web", { app: "web", tier: "1" }),
      labelled("list-api", { app: "api" }),
      labelled("list-none", {}),
      ...selectors.map((labelSelector) => selected({ labelSelector: `${labelSelector},tier!=9` })),
      selected({ labelSelector: "app,tier=1" }),
      selected({ fieldSelector: "metadata.name=list-api" }),
      { path: "/api/v1/configmaps?labelSelector=app" },
    ]);
    const names = ({ status, body }: Answer) => {
      const { kind, items = [] } = body as { kind: string; items?: Named[] };
      const listed = items.map(({ kind: itemKind, metadata }) => ({ itemKind, name: metadata.name }));
      return { status, kind, listed: listed.filter(({ name }) => name.startsWith("list-")).sort(byName) };
    };
    expect(answers.map(names)).toEqual(expected.map(names));
    expect(expected.slice(3).map((one) => names(one).listed.length)).toEqual([1, 1, 2, 2, 1, 2, 2, 1, 1, 2]);
  });

  test("the kinds that it serves", async () => {
    const versions = ["/api/v1", "/apis/apps/v1", "/apis/networking.k8s.io/v1", "/apis/scheduling.k8s.io/v1"];
    const { answers, expected } = await both(
      [...versions, "/apis/apiextensions.k8s.io/v1"].map((path) => ({ path })),
    );
    for (const [index, { status, body }] of answers.entries()) {
      const kinds = (expected[index]?.body as { resources: Kind[] }).resources.map(identity);
      expect(status).toBe(200);
      const served = (body as { resources: Kind[] }).resources.map(identity);
      expect(kinds).toEqual(expect.arrayContaining(served));
      expect(served.length).toBeGreaterThan(0);
    }
  });
});

interface Named {
  readonly kind?: string;
  readonly metadata: { readonly name: string };
}

interface Kind {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
const identity = ({ name, singularName, namespaced, kind }: Kind) => ({
  name,
  singularName,
  namespaced,
  kind,
});
