import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { seed } from "../../../sandbox/prerequisites/seed.ts";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import type { RunResult } from "../../../sandbox/session/run.ts";
import { RealProject } from "./real-project.ts";
import { type TazlabChanges, tazlabConfig } from "./tazlab-config.ts";

const ADOPTED = ["tazlab-db", "pgadmin"];
const labels = { "kustomize.toolkit.fluxcd.io/name": "apps" };

/** MetalLB's Service as Flux created it, with the fields that the API server and MetalLB added. */
const database: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "tazlab-db-external",
    namespace: "tazlab-db",
    uid: "made-by-flux-1",
    labels,
    annotations: {
      "metallb.universe.tf/ip-allocated-from-pool": "lan",
      "metallb.universe.tf/loadBalancerIPs": "192.168.1.241",
    },
  },
  spec: {
    type: "LoadBalancer",
    allocateLoadBalancerNodePorts: true,
    clusterIP: "10.43.7.7",
    clusterIPs: ["10.43.7.7"],
    externalTrafficPolicy: "Cluster",
    internalTrafficPolicy: "Cluster",
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
    ports: [{ port: 5432, protocol: "TCP", targetPort: 5432, nodePort: 31234 }],
    selector: {
      "postgres-operator.crunchydata.com/cluster": "tazlab-db",
      "postgres-operator.crunchydata.com/role": "master",
    },
    sessionAffinity: "None",
  },
};

/** Traefik's Ingress as Flux created it. */
const pgadmin: KubernetesObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: {
    name: "pgadmin",
    namespace: "tazlab-db",
    uid: "made-by-flux-2",
    labels,
    annotations: {
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.middlewares": "auth-oauth2-proxy@kubernetescrd",
      "traefik.ingress.kubernetes.io/router.tls": "true",
    },
  },
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

const project = await RealProject.create<TazlabChanges>({ configOf: tazlabConfig });

beforeEach(() => {
  project.reset();
  createObjects([database, pgadmin]);
});

afterAll(async () => {
  await project.remove();
});

function createObjects(created: readonly KubernetesObject[]): void {
  project.withWorld((world) => {
    seed(world, { objects: created });
  });
}

const live = (object: KubernetesObject) => project.withWorld((world) => objects(world).get(keyOf(object)));
const phases = (phase: Phase) => Object.fromEntries(ADOPTED.map((name) => [name, phase]));
const ofAdopted = (steps: readonly string[]) =>
  steps.filter((step) => /(tazlab-db|pgadmin)-legacy$/.test(step));

/** What a preview marks as changed in the adopted objects, by resource. */
const changesOf = ({ steps }: RunResult) =>
  Object.fromEntries(
    steps
      .filter(({ name }) => /(tazlab-db|pgadmin)-legacy$/.test(name))
      .map(({ name, changes }) => [name, changes]),
  );

describe("legacy objects that others created", () => {
  test("are adopted without a change, and belong to the stack from then on", async () => {
    const adopting = await project.up({ adopted: ADOPTED, phases: phases("coexist") });
    expect(ofAdopted(adopting)).toEqual(["import Ingress pgadmin-legacy", "import Service tazlab-db-legacy"]);
    const status = { loadBalancer: { ingress: [{ ip: "192.168.1.241" }] } };
    expect([live(database), live(pgadmin)]).toEqual([{ ...database, status }, pgadmin]);

    // The import recorded all fields of others, so the provider's diff lists those that the stack does not describe as
    // removed. They stay: server-side apply gives up only what its manager owns. Nothing of the spec differs.
    project.configure({ phases: phases("coexist") });
    expect(changesOf(await project.run("preview"))).toEqual({
      "pgadmin-legacy": [
        '+metadata.annotations["pulumi.com/skipAwait"]',
        '-metadata.labels["kustomize.toolkit.fluxcd.io/name"]',
      ],
      "tazlab-db-legacy": [
        '-metadata.annotations["metallb.universe.tf/ip-allocated-from-pool"]',
        '-metadata.labels["kustomize.toolkit.fluxcd.io/name"]',
      ],
    });

    // The stack writes its own fields, and no field of others is lost.
    expect(ofAdopted(await project.up({ phases: phases("coexist") }))).toEqual([
      "update Ingress pgadmin-legacy",
      "update Service tazlab-db-legacy",
    ]);
    const { metadata } = pgadmin;
    const annotations = { ...metadata.annotations, "pulumi.com/skipAwait": "true" };
    expect(live(pgadmin)).toEqual({ ...pgadmin, metadata: { ...metadata, annotations } });
    expect(live(database)).toEqual({ ...database, status });
    expect(changesOf(await project.run("preview"))).toEqual({});
    expect(ofAdopted(await project.up({ phases: phases("coexist") }))).toEqual([]);

    expect(ofAdopted(await project.up({ phases: phases("tailnet") }))).toEqual([
      "delete Ingress pgadmin-legacy",
      "delete Service tazlab-db-legacy",
    ]);
    expect([live(database), live(pgadmin)]).toEqual([undefined, undefined]);
    expect(ofAdopted(await project.up({ phases: phases("coexist") }))).toEqual([
      "create Ingress pgadmin-legacy",
      "create Service tazlab-db-legacy",
    ]);
  });

  test.each(["legacy", "coexist"] as const)(
    "stay in the cluster, with their fields, when the stack is destroyed in phase %s",
    async (phase) => {
      await project.up({ adopted: ADOPTED, phases: phases(phase) });
      await project.up({ phases: phases(phase) });
      const before = [live(database), live(pgadmin)];
      const down = await project.run("destroy");
      expect([down.ok, down.errors]).toEqual([true, []]);
      expect(before).not.toContain(undefined);
      expect([live(database), live(pgadmin)]).toEqual(before);
    },
  );

  test("stay in the cluster when their service is removed from the stack in phase legacy", async () => {
    await project.up({ adopted: ADOPTED, phases: phases("legacy") });
    const { apiVersion, kind, metadata } = live(pgadmin) ?? {};
    await project.up({ phases: phases("legacy"), removed: ["pgadmin"] });
    expect(live(pgadmin)).toMatchObject({ apiVersion, kind, metadata: { name: metadata?.name } });
  });

  test("keep fields that others own: the up after the adoption fails and names the owner", async () => {
    project.reset();
    const other = {
      ...database,
      spec: { ...database.spec, ports: [{ port: 5432, protocol: "TCP", targetPort: 5433 }] },
    };
    createObjects([other, pgadmin]);
    const adopting = await project.up({ adopted: ADOPTED, phases: phases("coexist") });
    expect(ofAdopted(adopting)).toEqual(["import Ingress pgadmin-legacy", "import Service tazlab-db-legacy"]);

    project.configure({ phases: phases("coexist") });
    const up = await project.run("up");
    expect([up.ok, up.errors.join("\n")]).toEqual([
      false,
      expect.stringContaining('conflict with "before-first-apply": .spec.ports'),
    ]);
    expect(live(database)?.spec).toEqual(other.spec);
  });

  test("are not changed, and the up fails, if the stack is not configured to adopt them", async () => {
    project.configure({ phases: phases("coexist") });
    const up = await project.run("up");
    expect([up.ok, up.errors.join("\n")]).toEqual([
      false,
      expect.stringMatching(/-external|pgadmin" already exists/),
    ]);
    expect([live(database)?.spec, live(pgadmin)]).toEqual([database.spec, pgadmin]);
  });
});
