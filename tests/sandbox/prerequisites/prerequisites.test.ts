import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { prerequisitesOf } from "../../../sandbox/prerequisites/prerequisites.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

type Config = Readonly<Record<string, unknown>>;

const fileConfig = (stack: string) =>
  (parse(readFileSync(join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`), "utf8")) as { config: Config }).config;

const of = (config: Config, secrets: Parameters<typeof prerequisitesOf>[0]["secrets"] = []) =>
  prerequisitesOf({ config, secrets });

/** The tazlab stack with other services, without Homepage and cluster DNS, which need its own ones. */
const tazlab = (changes: Config) => ({
  ...fileConfig("tazlab"),
  "tailnet-edge:homepage": undefined,
  "tailnet-edge:clusterDns": undefined,
  ...changes,
});

test.each([
  ["managed without a base policy", { policy: "managed" }, "{}\n"],
  ["verified", { policy: "verified" }, undefined],
])("the existing policy of a tailnet with a policy that is %s", (_, keeping, policy) => {
  const tailnet = { name: "tail1234.ts.net", ...keeping };
  expect(of({ ...fileConfig("ozilab"), "tailnet-edge:tailnet": tailnet }).policy).toBe(policy);
});

describe("the prerequisites of", () => {
  test("ozilab are its zone, its base policy, and Traefik", () => {
    expect(of(fileConfig("ozilab"))).toEqual({
      tailnet: "tail1234.ts.net",
      policy: readFileSync(join(PROJECT_FOLDER, "stacks/ozilab.policy.hujson"), "utf8"),
      zones: [{ name: "example.com" }],
      services: [{ namespace: "traefik", name: "traefik", ports: [443] }],
      pods: [],
      objects: [],
      addressPool: "192.168.1.1-192.168.1.254",
      oauthClients: [],
    });
  });

  test("tazlab are its applications, CoreDNS and Homepage", () => {
    const { services, pods, objects = [], ...rest } = of(fileConfig("tazlab"));
    expect(rest).toEqual({
      tailnet: "magellanic-gondola.ts.net",
      policy: readFileSync(join(PROJECT_FOLDER, "stacks/tazlab.policy.hujson"), "utf8"),
      zones: [],
      addressPool: "192.168.1.1-192.168.1.254",
      oauthClients: [],
    });
    expect(pods).toEqual([
      {
        namespace: "tazlab-db",
        labels: {
          "postgres-operator.crunchydata.com/cluster": "tazlab-db",
          "postgres-operator.crunchydata.com/role": "master",
        },
      },
    ]);
    expect(
      services?.map(({ namespace, name, type = "ClusterIP" }) => `${type} ${namespace}/${name}`),
    ).toEqual([
      "ClusterIP homepage/homepage",
      "LoadBalancer tazlab-db/pgadmin",
      "LoadBalancer longhorn-system/longhorn",
      "LoadBalancer traefik/traefik-dashboard",
      "ClusterIP monitoring/kube-prometheus-stack-grafana",
    ]);
    expect(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`),
    ).toEqual(["ConfigMap kube-system/coredns", "Deployment homepage/homepage"]);
    const [container] = (objects[1]?.spec as { template: { spec: { containers: object[] } } }).template.spec
      .containers;
    expect(container).toEqual({
      name: "homepage",
      image: "ghcr.io/gethomepage/homepage:v1.4.0",
      env: [
        { name: "LOG_LEVEL", value: "info" },
        { name: "HOMEPAGE_ALLOWED_HOSTS", value: "home.tazlab.net" },
        { name: "TZ", value: "Europe/Rome" },
      ],
    });
  });

  test("a k3s cluster are CoreDNS without the ConfigMap that receives the stub zone", () => {
    const nameserver = { clusterIP: "10.43.0.53" };
    const clusterDns = { nameserver, stubZone: "coredns-custom" };
    const { objects = [] } = of(tazlab({ "tailnet-edge:clusterDns": clusterDns }));
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(["ConfigMap coredns"]);
  });

  test("an invalid configuration are empty", () => {
    expect(of({ ...fileConfig("tazlab"), "tailnet-edge:tailnet": { name: 7 } })).toEqual({});
    expect(of({})).toEqual({});
  });

  test("legacy objects to adopt are those objects", () => {
    const [database, homepage] = fileConfig("tazlab")["tailnet-edge:privateServices"] as readonly (Config & {
      legacy: Readonly<Record<string, object>>;
    })[];
    const adopting = (service: typeof database, kind: string) => ({
      ...service,
      legacy: { [kind]: { ...service?.legacy[kind], adopt: true } },
    });
    const privateServices = [adopting(database, "loadBalancer"), adopting(homepage, "ingress")];
    const { objects = [] } = of(tazlab({ "tailnet-edge:privateServices": privateServices }));
    expect(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`),
    ).toEqual(["Service tazlab-db/tazlab-db-external", "Ingress homepage/homepage"]);
    expect(objects[0]?.metadata.annotations).toEqual({
      "metallb.universe.tf/loadBalancerIPs": "192.168.1.241",
    });
  });

  test("an annotated Service are that Service, with its address", () => {
    const git = (legacy: object) => ({
      kind: "annotation",
      name: "git",
      namespace: "git",
      service: "git-ssh",
      ports: [22],
      allowFrom: ["tag:tazpod"],
      ...legacy,
    });
    const servicesOf = (legacy: object) => {
      const { services, addressPool } = of(tazlab({ "tailnet-edge:privateServices": [git(legacy)] }));
      return { services, addressPool };
    };
    expect(servicesOf({})).toEqual({
      services: [{ namespace: "git", name: "git-ssh", ports: [22] }],
      addressPool: "192.168.1.1-192.168.1.254",
    });
    expect(servicesOf({ legacy: { backing: { address: "10.0.7.9" } } })).toEqual({
      services: [
        {
          namespace: "git",
          name: "git-ssh",
          ports: [22],
          type: "LoadBalancer",
          annotations: { "metallb.io/loadBalancerIPs": "10.0.7.9" },
        },
      ],
      addressPool: "10.0.7.1-10.0.7.254",
    });
  });

  test("an OAuth client created by hand are that client, with a placeholder for its secret", () => {
    const secrets = ["operatorClientId", "operatorClientSecret"].map((key) => ({
      path: `tailnet-edge:${key}`,
      value: `placeholder-${key}`,
    }));
    expect(of(fileConfig("ozilab"), secrets).oauthClients).toEqual([
      {
        id: "placeholder-operatorClientId",
        secret: "placeholder-operatorClientSecret",
        scopes: ["auth_keys", "devices:core", "services"],
        tags: ["tag:k8s-operator"],
      },
    ]);
    expect(of(fileConfig("ozilab"), secrets.slice(1)).oauthClients).toEqual([]);
  });
});
