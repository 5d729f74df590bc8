import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { seed } from "../../../sandbox/prerequisites/seed.ts";
import { type KubernetesObject, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import type { RunResult } from "../../../sandbox/session/run.ts";
import { injectFault } from "../../../sandbox/world/api.ts";
import { RealProject } from "./real-project.ts";
import { type TazlabChanges, tazlabConfig, tazlabServices } from "./tazlab-config.ts";

const KEPT = ["tazlab-db", "pgadmin"];
const removed = tazlabServices.map(({ name }) => name).filter((name) => !KEPT.includes(name));

/** MetalLB's Service and Traefik's Ingress as Flux created them, which the stack never adopted. */
const database: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "tazlab-db-external",
    namespace: "tazlab-db",
    annotations: { "metallb.io/loadBalancerIPs": "192.168.1.241" },
  },
  spec: {
    type: "LoadBalancer",
    ports: [{ port: 5432, protocol: "TCP", targetPort: 5432 }],
    selector: {
      "postgres-operator.crunchydata.com/cluster": "tazlab-db",
      "postgres-operator.crunchydata.com/role": "master",
    },
  },
};
const pgadmin: KubernetesObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "pgadmin", namespace: "tazlab-db" },
  spec: {
    ingressClassName: "traefik",
    rules: [
      {
        host: "pgadmin.tazlab.net",
        http: {
          paths: [
            {
              path: "/",
              pathType: "Prefix",
              backend: { service: { name: "pgadmin", port: { number: 8001 } } },
            },
          ],
        },
      },
    ],
    tls: [{ hosts: ["pgadmin.tazlab.net"], secretName: "wildcard-tls" }],
  },
};

/** The stack tazlab with two of its services, and without Homepage and cluster DNS. */
function configOf(changes: Partial<TazlabChanges>) {
  const all = [...removed, ...(changes.removed ?? [])];
  const entries = Object.entries(tazlabConfig({ ...changes, removed: all }));
  return Object.fromEntries(entries.filter(([key]) => !/:(homepage|clusterDns)$/.test(key)));
}

const project = await RealProject.create<TazlabChanges>({ configOf });

beforeEach(() => {
  project.reset();
  project.withWorld((world) => {
    seed(world, { objects: [database, pgadmin] });
  });
});

afterAll(async () => {
  await project.remove();
});

const inPhase = (phase: "coexist" | "tailnet") => ({
  phases: Object.fromEntries(KEPT.map((name) => [name, phase])),
});

async function run(operation: "preview" | "up", changes: Partial<TazlabChanges>): Promise<RunResult> {
  project.configure(changes);
  const result = await project.run(operation);
  expect(result.errors).toEqual([]);
  return result;
}

/** The routes in the output `exposure`, as `name: route address`. */
function routes({ outputs }: RunResult): string[] {
  const rows = outputs["exposure"]?.value as { name: string; address: string; route: string }[];
  return rows.map(({ name, route, address }) => `${name}: ${route} ${address}`);
}

const TAILNET = [
  "tazlab-db: tailnet tazlab-db.magellanic-gondola.ts.net:5432",
  "pgadmin: tailnet https://pgadmin.magellanic-gondola.ts.net",
];
const aboutLegacy = ({ warnings }: RunResult) =>
  warnings.filter((warning) => /still open|not checked/.test(warning)).sort();

describe("legacy objects in phase tailnet", () => {
  test("that the stack does not manage are reported as open, until they are gone", async () => {
    const warnings = [
      expect.stringMatching(
        /^privateServices: pgadmin: still open outside the tailnet\n +found: +the Ingress tazlab-db\/pgadmin.*\n.*\n +fix: .*legacy\.ingress\.adopt: true/,
      ),
      expect.stringMatching(
        /^privateServices: tazlab-db: still open outside the tailnet\n +found: +the Service tazlab-db\/tazlab-db-external.*\n.*\n +fix: .*legacy\.loadBalancer\.adopt: true/,
      ),
    ];
    expect(aboutLegacy(await run("preview", inPhase("tailnet")))).toEqual(warnings);
    const up = await run("up", inPhase("tailnet"));
    expect(aboutLegacy(up)).toEqual(warnings);
    expect(routes(up)).toEqual([
      "tazlab-db: MetalLB (still open) 192.168.1.241:5432",
      TAILNET[0],
      "pgadmin: Traefik, auth-oauth2-proxy@kubernetescrd (still open) https://pgadmin.tazlab.net",
      TAILNET[1],
    ]);

    project.withWorld((world) => {
      objects(world).delete("Service tazlab-db/tazlab-db-external");
      objects(world).delete("Ingress tazlab-db/pgadmin");
    });
    const after = await run("up", inPhase("tailnet"));
    expect([aboutLegacy(after), routes(after)]).toEqual([[], TAILNET]);
  });

  test("that the stack has adopted are deleted by the same up, and not reported", async () => {
    await run("up", { ...inPhase("coexist"), adopted: KEPT });
    const preview = await run("preview", inPhase("tailnet"));
    expect(aboutLegacy(preview)).toEqual([]);
    const up = await run("up", inPhase("tailnet"));
    expect([aboutLegacy(up), routes(up)]).toEqual([[], TAILNET]);
    expect(project.withWorld((world) => objects(world).has("Ingress tazlab-db/pgadmin"))).toBe(false);
  });

  test("that cannot be read are reported as not checked", async () => {
    const databaseAlone = { ...inPhase("tailnet"), removed: ["pgadmin"] };
    await run("up", databaseAlone);
    project.withWorld((world) => {
      // The first reading is that of the Service on the tailnet, before the program runs.
      injectFault(world, { operation: "kubernetes GET Service", after: 1, effect: { status: 403 } });
    });
    const up = await run("up", databaseAlone);
    expect(aboutLegacy(up)).toEqual([
      expect.stringMatching(
        /^privateServices: tazlab-db: not checked whether the Service tazlab-db\/tazlab-db-external still exists\n.*answers 403.*\n.*the verb get/,
      ),
    ]);
    expect(routes(up)[0]).toBe("tazlab-db: MetalLB (not checked) 192.168.1.241:5432");
  });
});
