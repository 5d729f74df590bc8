import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { objects } from "../../../sandbox/providers/kubernetes/objects.ts";
import { operatorPods } from "../../../sandbox/providers/kubernetes/operator-pod.ts";
import { incidents } from "../../../sandbox/providers/kubernetes/reconcile.ts";
import {
  changeTailnet,
  credentials,
  devices,
  joinDevice,
} from "../../../sandbox/providers/tailscale/tailnet.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../inline-project.ts";

const POLICY = '{"tagOwners": {"tag:k8s-operator": [], "tag:k8s": ["tag:k8s-operator"], "tag:other": []}}';
const SCOPES = ["auth_keys", "devices:core", "services"];

let project: InlineProject;
const world = <T>(use: (there: World) => T) => project.session.world(use);

beforeAll(async () => {
  project = await InlineProject.create({}, ["kubernetes:enableSecretMutable: true"]);
});

beforeEach(() => {
  const client = (id: string, scopes: readonly string[]) => {
    return { id, secret: `${id}-secret`, scopes, tags: ["tag:k8s-operator"] };
  };
  project.reset({
    services: [{ namespace: "traefik", name: "traefik", ports: [443] }],
    oauthClients: [client("good", SCOPES), client("next", SCOPES), client("poor", SCOPES.slice(0, 2))],
  });
  world((there) => {
    changeTailnet(there, { policy: POLICY, policyIsDefault: false, settings: { httpsEnabled: true } });
  });
});

afterAll(async () => {
  await project.remove();
});

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object,
  opts?: pulumi.CustomResourceOptions,
) =>
  resource(
    `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`,
    name,
    { apiVersion, kind, ...rest },
    opts,
  );

interface Wish {
  readonly level?: string;
  readonly client?: string;
  readonly secret?: string;
  readonly annotation?: string;
}

const namespace = (level?: string) =>
  object("v1", "Namespace", "namespace", {
    metadata: {
      name: "tailscale",
      ...(level !== undefined && { labels: { "pod-security.kubernetes.io/enforce": level } }),
    },
  });

const login = (id: string, key: string, parent: pulumi.Resource) =>
  new Secret(
    "login",
    {
      metadata: { name: "operator-oauth", namespace: "tailscale" },
      stringData: { client_id: id, client_secret: key },
    },
    { dependsOn: parent },
  );

const release = (values: object, dependsOn: pulumi.Resource[], rest: object = {}) =>
  resource(
    "kubernetes:helm.sh/v3:Release",
    "release",
    { name: "ts", namespace: "tailscale", chart: "tailscale-operator", version: "1.96.5", values, ...rest },
    { dependsOn },
  );

const ingress = (name: string, dependsOn: pulumi.Resource[], spec: object = {}, annotations: object = {}) =>
  object(
    "networking.k8s.io/v1",
    "Ingress",
    name,
    {
      metadata: { name, namespace: "traefik", annotations },
      spec: {
        ingressClassName: "tailscale",
        tls: [{ hosts: [name] }],
        defaultBackend: { service: { name: "traefik", port: { number: 443 } } },
        ...spec,
      },
    },
    { dependsOn },
  );

/** Namespace, Secret, release and Ingress: what is wished for differs from what works. */
const stack =
  (wish: Wish = {}) =>
  () => {
    const space = namespace(wish.level);
    const secret = login(wish.client ?? "good", wish.secret ?? `${wish.client ?? "good"}-secret`, space);
    const values = {
      operatorConfig: { hostname: "op", podAnnotations: { fingerprint: wish.annotation ?? "1" } },
    };
    ingress("edge", [release(values, [secret])]);
  };

const given = () => world((there) => [...devices(there)].map(([, { name }]) => name).sort());
const status = () => world((there) => objects(there).get("Ingress traefik/edge")?.status);

describe("an Ingress gets its name", () => {
  test("from a running operator, and destroy lets go of all but the operator's device", async () => {
    const before = world((there) => [...objects(there)].map(([key]) => key));
    expect(stepsOf(await project.up(stack()))).toEqual([
      "create edge",
      "create login",
      "create namespace",
      "create release",
    ]);
    expect(status()).toEqual({
      loadBalancer: {
        ingress: [{ hostname: "edge.tail1234.ts.net", ports: [{ port: 443, protocol: "TCP" }] }],
      },
    });
    expect(given()).toEqual(["edge", "op"]);
    expect(project.session.stateText()).not.toContain("good-secret");
    expect(stepsOf(await project.up(stack()))).toEqual([]);
    expect(stepsOf(await project.refresh())).toEqual([]);
    expect((await project.destroy()).ok).toBe(true);
    expect(world((there) => [...objects(there)].map(([key]) => key))).toEqual(before);
    expect(given()).toEqual(["op"]);
  });

  test("with -1 when the tailnet has the name already", async () => {
    world((there) => joinDevice(there, { name: "edge", tags: [], owner: "a machine long gone" }));
    await project.up(stack());
    expect(given()).toEqual(["edge", "edge-1", "op"]);
    expect(JSON.stringify(status())).toContain("edge-1.tail1234.ts.net");
  });

  test("but not with what the operator, the cluster or the tailnet does not allow", async () => {
    const forwarded = "tailscale.com/experimental-forward-cluster-traffic-via-ingress";
    const run = await project.up(
      () => {
        const operator = release({}, [login("good", "good-secret", namespace("baseline"))]);
        ingress("tags", [operator], {}, { "tailscale.com/tags": "tag:other" });
        ingress("backend", [operator], {
          defaultBackend: { service: { name: "lost", port: { number: 443 } } },
        });
        ingress("privileged", [operator], {}, { [forwarded]: "true" });
        ingress("class", [operator], { ingressClassName: "nginx" });
      },
      { continueOnError: true },
    );
    const unset = "Ingress .status.loadBalancer field was not updated with a hostname/IP address";
    const because = {
      backend: " (NoValidBackends: no valid backends)",
      class: "",
      privileged: ' (FailedCreate: pods is forbidden: violates PodSecurity "baseline:latest": privileged)',
      tags: " (failed to provision: requested tags [tag:other] are invalid or not permitted)",
    };
    expect(failuresOf(run)).toEqual(
      Object.entries(because).map(
        ([name, why]) =>
          `${name}: 1 error occurred:\n\t* ingresses.networking.k8s.io "${name}": ${unset}${why}`,
      ),
    );
  });

  test.each([
    ["poor", "poor-secret", "InvalidOAuth: GET /tailnet/-/vip-services: 404 not found"],
    ["good", "good-secret\n", "creating operator authkey: 401 API token invalid"],
  ])("but not from an operator with the credential %s %j", async (client, secret, reason) => {
    const run = await project.up(stack({ client, secret }));
    expect(failuresOf(run).length).toBe(1);
    expect(failuresOf(run)[0]).toContain("Ingress .status.loadBalancer field was not updated");
    expect(
      world((there) =>
        operatorPods(there)
          .values()
          .map((pod) => pod.reason),
      ),
    ).toEqual([reason]);
  });

  test.each(["https", "MagicDNS"])(
    "but not without %s in the tailnet, and is mended with it",
    async (missing) => {
      const broken = missing === "https" ? { settings: { httpsEnabled: false } } : { magicDns: false };
      world((there) => {
        changeTailnet(there, broken);
      });
      expect(failuresOf(await project.up(stack())).join("\n")).toContain("HTTPSNotEnabled");
      world((there) => {
        changeTailnet(there, { settings: { httpsEnabled: true }, magicDns: true });
      });
      const mended = await project.up(stack());
      expect([mended.ok, stepsOf(mended)]).toEqual([true, ["update edge"]]);
    },
  );
});

describe("the operator", () => {
  test("does not come up without its Secret, and the release says so", async () => {
    const run = await project.up(() => {
      release({}, [namespace()]);
    });
    expect(failuresOf(run).join("\n")).toContain(
      'context deadline exceeded: operator pod: MountVolume.SetUp failed for volume "oauth": secret "operator-oauth" not found',
    );
  });

  test("is refused by a restricted namespace", async () => {
    const run = await project.up(stack({ level: "restricted" }));
    expect(failuresOf(run).join("\n")).toContain('violates PodSecurity "restricted:latest"');
  });

  test("reads its credential at start alone, and starts anew when its pod template changes alone", async () => {
    const starts = () =>
      world((there) =>
        operatorPods(there)
          .values()
          .map((pod) => [pod.starts, pod.login?.credentialId]),
      );
    await project.up(stack());
    expect(starts()).toEqual([[1, "good"]]);
    expect(stepsOf(await project.up(stack({ client: "next" })))).toEqual(["update login"]);
    expect(starts()).toEqual([[1, "good"]]);
    await project.up(stack({ client: "next", annotation: "2" }));
    expect(starts()).toEqual([[2, "next"]]);
    expect(world((there) => incidents(there).values())).toEqual([]);
    expect(given()).toEqual(["edge", "op"]);
  });

  test("that runs on a revoked credential is an incident, and cannot let go of what it exposed", async () => {
    await project.up(stack());
    world((there) => {
      credentials(there).delete("good");
    });
    const run = await project.up(() => {
      const space = namespace();
      release({ operatorConfig: { hostname: "op", podAnnotations: { fingerprint: "1" } } }, [
        login("good", "good-secret", space),
      ]);
    });
    expect(failuresOf(run).join("\n")).toContain("finalizer tailscale.com/finalizer is not taken off");
    expect(world((there) => incidents(there).values())).toEqual([
      "operator in tailscale runs with the revoked credential good",
    ]);
  });

  test("that goes first leaves finalizers that stick until one is back", async () => {
    await project.up(stack());
    const run = await project.up(() => {
      const space = namespace();
      login("good", "good-secret", space);
      ingress("edge", []);
    });
    expect(run.ok).toBe(true);
    const stuck = await project.up(() => {
      namespace();
    });
    expect(failuresOf(stuck).join("\n")).toContain(
      'ingresses.networking.k8s.io "edge" was not deleted: finalizer',
    );
    // The operator is back and lets go of what was asked to go, though the program wants it again by now.
    await project.up(stack());
    expect(stepsOf(await project.refresh())).toEqual(["delete edge"]);
    expect(stepsOf(await project.up(stack()))).toEqual(["create edge"]);
  });
});

describe("the API server", () => {
  test("refuses what has no namespace, what exists, and what no definition is installed for", async () => {
    const settings = (name: string, space: string) => ({
      metadata: { name, namespace: space },
      data: { a: "1" },
    });
    const run = await project.up(
      () => {
        object("v1", "ConfigMap", "lost", settings("a", "nowhere"));
        object("v1", "ConfigMap", "Odd", settings("Odd", "traefik"));
        object("v1", "Namespace", "again", { metadata: { name: "traefik" } });
        object("tailscale.com/v1alpha1", "ProxyClass", "class", { metadata: { name: "a" }, spec: {} });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      'Odd: configmaps "Odd" is invalid: metadata.name: not a lowercase RFC 1123 name',
      'again: namespaces "traefik" already exists',
      'class: no matches for kind "ProxyClass" in version "tailscale.com/v1alpha1"',
      'lost: namespaces "nowhere" not found',
    ]);
  });

  test("gives Services an address, and those of the operator's class a name; a selector must find pods", async () => {
    const service = (name: string, operator: pulumi.Resource, spec: object, annotations: object = {}) =>
      object(
        "v1",
        "Service",
        name,
        { metadata: { name, namespace: "traefik", annotations }, spec: { ports: [{ port: 5432 }], ...spec } },
        { dependsOn: operator },
      );
    const balanced = { type: "LoadBalancer", loadBalancerClass: "tailscale", selector: { app: "traefik" } };
    const run = await project.up(
      () => {
        const space = namespace("privileged");
        const operator = release({}, [login("good", "good-secret", space)]);
        service("db", operator, balanced, { "tailscale.com/hostname": "tazlab-db" });
        service("exposed", operator, { selector: { app: "traefik" } }, { "tailscale.com/expose": "true" });
        service("untargeted", operator, { selector: { app: "lost" } });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      'untargeted: 1 error occurred:\n\t* services "untargeted": Service does not target any Pods',
    ]);
    expect(given()).toEqual(["tailscale-operator", "tazlab-db", "traefik-exposed"]);
    expect(world((there) => objects(there).get("Service traefik/db")?.status)).toEqual({
      loadBalancer: {
        ingress: [
          { hostname: "tazlab-db.tail1234.ts.net" },
          { ip: expect.stringMatching(/^100\.64\./) as string },
        ],
      },
    });
    expect((await project.destroy()).errors).toEqual([]);
  });

  test("shows a change by hand of what the program manages, and nothing else", async () => {
    await project.up(stack());
    world((there) => {
      const found = objects(there).get("Namespace tailscale");
      const labels = { somebody: "else" };
      if (found)
        objects(there).set("Namespace tailscale", { ...found, metadata: { ...found.metadata, labels } });
      const secret = objects(there).get("Secret tailscale/operator-oauth");
      const data = { ...secret?.data, client_id: "eA==" };
      if (secret) objects(there).set("Secret tailscale/operator-oauth", { ...secret, data });
    });
    expect(stepsOf(await project.refresh())).toEqual(["update login"]);
    expect(stepsOf(await project.up(stack()))).toEqual(["update login"]);
  });
});

describe("a release", () => {
  test("needs its namespace, a chart that is there, and values that render", async () => {
    const one = async (rest: object, values: object = {}) =>
      failuresOf(await project.up(() => release(values, [], rest))).join("\n");
    expect(await one({})).toContain('create: failed to create: namespaces "tailscale" not found');
    expect(await one({ version: "9.9.9" })).toContain("matching 9.9.9 not found: the sandbox has");
    expect(await one({ chart: "nginx" })).toContain('chart "nginx" not found');
    expect(await one({}, { proxyConfig: { defaultTags: ["tag:k8s"] } })).toContain(
      "EnvVar.value of PROXY_TAGS",
    );
    expect(await one({}, { operatorConfig: { podAnnotations: { serial: 1 } } })).toContain(
      "serial is no string",
    );
    expect(await one({ postrender: "./missing" })).toContain(
      "error while running post render: spawn ./missing ENOENT",
    );
  });

  test("does not take over a Secret that it did not make", async () => {
    const run = await project.up(() => {
      const space = namespace();
      release({ oauth: { clientId: "good", clientSecret: "good-secret" } }, [
        login("good", "good-secret", space),
      ]);
    });
    expect(failuresOf(run).join("\n")).toContain(
      'secrets "operator-oauth" exists and cannot be imported into the current release: invalid ownership metadata',
    );
  });
});
