import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { traefikResourceDefinitions } from "../../tools/traefik-lab/resource-definitions.ts";
import { type RunningTraefik, startTraefik } from "../../tools/traefik-lab/traefik.ts";
import { type ApiServer, startApiServer } from "../apiserver/api-server.ts";
import { poll } from "../apiserver/poll.ts";
import type { Manifest } from "../support/manifest.ts";

/** A real API server, and a real Traefik that reads its objects from there. */
export interface Cluster {
  readonly server: ApiServer;
  readonly traefik: RunningTraefik;
  /** Creates or changes objects, as Pulumi's provider does. */
  readonly apply: (...objects: readonly object[]) => Promise<void>;
  /** Waits until Traefik has loaded exactly these rules, in any order. */
  readonly loaded: (rules: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Hosts of the applications. Each answers with its own name. */
export const APPS = ["app.example.com", "api.example.org"] as const;
/** Rules of the routers that {@link startCluster} creates. */
export const USER_RULES = [...APPS, ...APPS]
  .map((host) => `Host(\`${host}\`)`)
  .concat("PathPrefix(`/admin`)");

/**
 * Starts a cluster with an application for each of {@link APPS}, routed by Host at both entry points, and a router of
 * high priority at the TLS entry point that would take every request below `/admin`.
 */
export async function startCluster(): Promise<Cluster> {
  const server = await startApiServer();
  const apply = async (...objects: readonly object[]) => {
    for (const object of objects) {
      await server.client.apply(object as Manifest, { fieldManager: "pulumi", force: true });
    }
  };
  await apply(...(await traefikResourceDefinitions()));
  const apps = await Promise.all(APPS.map(startApp));
  for (const namespace of ["traefik", "apps"]) {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  }
  for (const { host, port } of apps) await apply(...appObjects(host, port));
  const traefik = await startTraefik(server.kubeconfig);
  const loaded = async (rules: readonly string[]) => {
    await untilLoaded(traefik, rules);
  };
  await loaded(USER_RULES);
  return {
    server,
    traefik,
    apply,
    loaded,
    stop: async () => {
      await traefik.stop();
      for (const { app } of apps) app.close();
      await server.stop();
    },
  };
}

/** Waits until a Traefik has loaded exactly these rules, in any order. */
export async function untilLoaded(traefik: RunningTraefik, rules: readonly string[]): Promise<void> {
  const expected = rules.toSorted().join("\n");
  await poll(`Traefik to load ${rules.length} rules`, 300, async () => {
    const routers = (await traefik.routers()).filter(({ name }) => name.endsWith("@kubernetescrd"));
    const actual = routers.filter(({ status }) => status !== "disabled").map(({ rule }) => rule);
    return actual.toSorted().join("\n") === expected ? true : undefined;
  });
}

async function startApp(host: string) {
  const app = createServer((_request, response) => response.end(host)).listen(0, "127.0.0.1");
  await once(app, "listening");
  return { host, app, port: (app.address() as AddressInfo).port };
}

/** The API server accepts no endpoint on loopback, but a Service that is an alias of a name. */
function appObjects(host: string, port: number): readonly object[] {
  const name = host.split(".")[0] ?? host;
  const route = (suffix: string, entryPoint: string, spec: object, match: string, priority?: number) => ({
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: {
      name: `${name}${suffix}`,
      namespace: "apps",
      // A Traefik without an ingress class takes this one too.
      annotations: { "kubernetes.io/ingress.class": "traefik" },
    },
    spec: {
      entryPoints: [entryPoint],
      routes: [{ kind: "Rule", match, services: [{ name, port }], ...(priority && { priority }) }],
      ...spec,
    },
  });
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "apps" },
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    },
    route("", "websecure", { tls: {} }, `Host(\`${host}\`)`),
    route("-plain", "web", {}, `Host(\`${host}\`)`),
    ...(host === APPS[0] ? [route("-all", "websecure", { tls: {} }, "PathPrefix(`/admin`)", 1_000_000)] : []),
  ];
}
