import { afterAll, beforeAll, expect, test } from "vitest";
import { startTraefik } from "../../tools/traefik-lab/traefik.ts";
import { poll } from "../apiserver/poll.ts";
import { ask } from "./ask.ts";
import { APPS, type Cluster, startCluster, untilLoaded, USER_RULES } from "./cluster.ts";
import { type LockObject, rulesOf, stackLock, type StackLockOptions } from "./stack-lock.ts";

const [APP] = APPS;
const SECRET = "0123456789abcdef".repeat(4);

interface Row {
  /** Options of Traefik's provider kubernetesCRD. */
  readonly providers?: object;
  /** Options of its entry point `web`. */
  readonly web?: object;
  /** Whether this Traefik loads the lock without the setting. */
  readonly loadsDefault: boolean;
  readonly stack: StackLockOptions;
  /** The entry point that the Funnel's backend leads to. Default: websecure. */
  readonly entryPoint?: "web";
}

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(async () => {
  await cluster.stop();
});

/** docs/origin-lock.md says when a stack needs which of them. */
test.each<[string, Row]>([
  ["a backend that is not port 443", { loadsDefault: true, stack: { port: 80 }, entryPoint: "web" }],
  [
    "entryPoints",
    {
      web: { asDefault: true },
      loadsDefault: true,
      stack: { settings: { entryPoints: ["websecure"] } },
    },
  ],
  [
    "ingressClass",
    {
      providers: { ingressClass: "traefik" },
      loadsDefault: false,
      stack: { settings: { ingressClass: "traefik" } },
    },
  ],
  [
    "namespace",
    { providers: { namespaces: ["apps"] }, loadsDefault: false, stack: { settings: { namespace: "apps" } } },
  ],
])("%s: Traefik does not use the lock without it, and does with it", async (_, row) => {
  const { providers, web, loadsDefault, stack, entryPoint = "websecure" } = row;
  const secrets = { 1: SECRET };
  const [without, withSetting] = [await stackLock(secrets), await stackLock(secrets, stack)];
  await cluster.apply(...without);
  const traefik = await startTraefik(cluster.server.kubeconfig, providers, web);
  const { [entryPoint]: port } = traefik.ports;
  const visit = async (...headers: readonly string[]) =>
    await ask(port, entryPoint === "web" ? "http" : "https", { headers });
  const funnel = "Tailscale-Funnel-Request: ?1";
  try {
    await untilLoaded(traefik, [...USER_RULES, ...(loadsDefault ? rulesOf(without) : [])]);
    expect(await visit(funnel)).toBe(APP);
    await cluster.apply(...withSetting);
    await poll("Traefik to refuse", 300, async () => ((await visit(funnel)) === "403" ? true : undefined));
    expect(await visit(funnel, `Tailnet-Edge-Lock: ${SECRET}`)).toBe(APP);
    expect(await visit(funnel, "Tailnet-Edge-Lock: x")).toBe("403");
    expect(await visit()).toBe(APP);
  } finally {
    await traefik.stop();
    await remove([...without, ...withSetting]);
  }
});

async function remove(objects: readonly LockObject[]): Promise<void> {
  const places = new Map(
    objects.map((object) => [`${object.kind} ${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
  for (const object of places.values()) await cluster.server.client.delete(object);
}
