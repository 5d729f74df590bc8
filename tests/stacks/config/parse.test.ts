import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isSecret } from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHART_VERSION } from "../../../components/operator/chart-version.ts";
import { type FileConfig, ozilab, PROJECT_FOLDER, readConfig, refusal } from "../../support/stack-config.ts";
import { CROSS_MISTAKES, FIELD_MISTAKES } from "./bad-configs.ts";

const BASE_POLICY = "stacks/ozilab.policy.hujson";

describe("readStackConfig", () => {
  test("reads the whole stack ozilab, with the text of its base policy", async () => {
    expect(await readConfig(ozilab())).toEqual({
      tailnet: {
        name: "tail1234.ts.net",
        policy: {
          mode: "managed",
          stack: "ozilab",
          base: { source: BASE_POLICY, text: readFileSync(resolve(PROJECT_FOLDER, BASE_POLICY), "utf8") },
        },
      },
      operator: {
        chartVersion: CHART_VERSION,
        chart: "https://pkgs.tailscale.com/helmcharts",
        namespace: "tailscale",
        releaseName: "tailscale-operator",
        secretName: "operator-oauth",
        hostname: "ozilab-operator",
        credential: { kind: "oauth", serial: 1 },
        tag: "tag:k8s-operator",
        proxyTags: ["tag:k8s"],
        values: {},
        pullSecrets: [],
        priorityClass: "system-cluster-critical",
      },
      publicEdge: {
        funnel: {
          hostname: "ozilab-edge",
          backend: { namespace: "traefik", service: "traefik", port: 443 },
          allowFrom: ["autogroup:member"],
        },
        hostnames: [{ host: "app.example.com", zone: "example.com", via: "origin-rule" }],
        worker: {
          name: "ozilab-edge",
          origins: [],
          connectTimeout: 10,
          responseTimeout: 100,
          pool: undefined,
        },
        originLock: {
          enabled: false,
          serial: 1,
          enforce: false,
          place: {
            namespace: "traefik",
            name: "ozilab-edge-lock",
            entryPoints: [],
            ingressClass: undefined,
            tls: true,
          },
        },
      },
      privateServices: [],
      proxyClasses: [],
      proxyGroups: [],
    });
  });

  test("fills in every default", async () => {
    const config = await readConfig({
      "tailnet-edge:tailnet": { name: "tail1234.ts.net", policy: "managed" },
      "tailnet-edge:operator": { hostname: "operator", credential: { kind: "oauth" } },
      "tailnet-edge:publicEdge": {
        funnel: { hostname: "edge", backend: { namespace: "a", service: "b", port: 8080 } },
        zones: ["example.com"],
        hostnames: [{ host: "example.com" }],
      },
    });
    expect(config).toEqual({
      tailnet: { name: "tail1234.ts.net", policy: { mode: "managed", stack: "ozilab" } },
      operator: {
        chartVersion: CHART_VERSION,
        chart: "https://pkgs.tailscale.com/helmcharts",
        namespace: "tailscale",
        releaseName: "tailscale-operator",
        secretName: "operator-oauth",
        hostname: "operator",
        credential: { kind: "oauth", serial: 1 },
        tag: "tag:k8s-operator",
        proxyTags: ["tag:k8s"],
        values: {},
        pullSecrets: [],
        priorityClass: "system-cluster-critical",
      },
      publicEdge: {
        funnel: {
          hostname: "edge",
          backend: { namespace: "a", service: "b", port: 8080 },
          allowFrom: ["autogroup:member"],
        },
        hostnames: [{ host: "example.com", zone: "example.com", via: "origin-rule" }],
        worker: { name: "edge", origins: [], connectTimeout: 10, responseTimeout: 100, pool: undefined },
        originLock: {
          enabled: false,
          serial: 1,
          enforce: false,
          place: { namespace: "a", name: "edge-lock", entryPoints: [], ingressClass: undefined, tls: false },
        },
      },
      privateServices: [],
      proxyClasses: [],
      proxyGroups: [],
    });
  });

  test.each([
    ["the program's version, unless the stack sets another", {}, `v${CHART_VERSION}`],
    ["the stack's own version", { chartVersion: "1.2.3" }, "v1.2.3"],
    ["a version whose build metadata no tag can contain", { chartVersion: "1.2.3+mirror.1" }, "v1.2.3"],
  ])("installs chart and nameserver at %s", async (_, changes, tag) => {
    const operator = { hostname: "operator", credential: { kind: "oauth" }, ...changes };
    const clusterDns = { nameserver: { clusterIP: "10.43.0.53" }, stubZone: "corefile" };
    const config = await readConfig(ozilab({ operator, clusterDns }));
    expect(config.operator.chartVersion).toBe(operator.chartVersion ?? CHART_VERSION);
    expect(config.clusterDns).toEqual({
      nameserver: { image: `tailscale/k8s-nameserver:${tag}`, clusterIP: "10.43.0.53" },
      stubZone: "corefile",
    });
  });

  test("takes the nameserver's image from a mirror if the stack sets one", async () => {
    const nameserver = { image: "registry.example.com/k8s-nameserver:v1.2.3", clusterIP: "10.43.0.53" };
    const clusterDns = { nameserver, stubZone: "corefile" };
    expect((await readConfig(ozilab({ clusterDns }))).clusterDns).toEqual(clusterDns);
  });

  test.each([
    ["absent", undefined],
    ["empty, which is the default in Pulumi.yaml", {}],
  ])("has no public edge when it is %s", async (_, publicEdge) => {
    expect((await readConfig(ozilab({ publicEdge }))).publicEdge).toBeUndefined();
  });

  test("reads every via, and assigns each hostname to its longest zone", async () => {
    const config = ozilab({
      "publicEdge.zones": ["example.com", "shop.example.com", "example.org"],
      "publicEdge.hostnames": [
        "a.shop.example.com",
        { host: "shop.example.com", via: "cname-only" },
        { host: "example.org", via: { cname: "id.cfargotunnel.com" } },
        { host: "myshop.example.com", via: "origin-rule" },
      ],
    });
    expect((await readConfig(config)).publicEdge?.hostnames).toEqual([
      { host: "a.shop.example.com", zone: "shop.example.com", via: "origin-rule" },
      { host: "shop.example.com", zone: "shop.example.com", via: "cname-only" },
      { host: "example.org", zone: "example.org", via: { cname: "id.cfargotunnel.com" } },
      { host: "myshop.example.com", zone: "example.com", via: "origin-rule" },
    ]);
  });

  test("reads a verified policy and a federated credential", async () => {
    const config = ozilab({
      tailnet: { name: "tail1234.ts.net", policy: "verified" },
      "operator.credential": { kind: "federated", issuer: "https://issuer.example.com/a" },
    });
    const { tailnet, operator } = await readConfig(config);
    expect(tailnet.policy).toEqual({ mode: "verified" });
    expect(operator.credential).toEqual({ kind: "federated", issuer: "https://issuer.example.com/a" });
  });

  test("reads an existing credential as secrets", async () => {
    const { operator } = await readConfig(
      ozilab({
        "operator.credential": { kind: "existing" },
        "tailnet-edge:operatorClientId": { secure: "client-id" },
        "tailnet-edge:operatorClientSecret": { secure: "client-secret" },
      }),
    );
    if (operator.credential.kind !== "existing") throw new Error(operator.credential.kind);
    const { clientId, clientSecret } = operator.credential;
    expect([await isSecret(clientId), await isSecret(clientSecret)]).toEqual([true, true]);
  });

  test("accepts the providers' secrets encrypted, and a kubeconfig's path in plain text", async () => {
    const providers = {
      "tailscale:oauthClientSecret": { secure: "a" },
      "cloudflare:apiToken": { secure: "b" },
      "kubernetes:kubeconfig": "~/.kube/ozilab.yaml",
      "kubernetes:enableSecretMutable": "true",
      "tailscale:baseUrl": "https://tailscale.example.com",
    };
    expect(await readConfig(ozilab(providers))).toEqual(await readConfig(ozilab()));
  });
});

describe("readStackConfig rejects", () => {
  test.each([...FIELD_MISTAKES, ...CROSS_MISTAKES])("%s", async (_, { config, issues }) => {
    expect((await refusal(config)).issues).toEqual(issues);
  });

  test("a configuration with all its issues at once, under one heading", async () => {
    const { issues, message } = await refusal(
      ozilab({
        zones: ["example.com"],
        "cloudflare:apiToken": "plain",
        "tailnet.basePolicy": "none.hujson",
        "operator.chartVersion": "latest",
        "operator.hostname": "ozilab-edge",
        "operator.proxyTags": ["tag:k8s-operator"],
        "operator.credential": { kind: "existing", secret: "x" },
        "publicEdge.funnel.backend.port": 0,
        "publicEdge.hostnames": [
          "*.example.com",
          "app.example.com",
          { host: "app.example.com", via: "cname-only" },
          "app.example.org",
        ],
      }),
    );
    expect(issues.map(({ path }) => path)).toEqual([
      "cloudflare:apiToken",
      "tailnet-edge:operator.chartVersion",
      "tailnet-edge:operator.credential.secret",
      "tailnet-edge:publicEdge.funnel.backend.port",
      "tailnet-edge:publicEdge.hostnames[0]",
      "tailnet-edge:zones",
      "tailnet-edge:publicEdge.funnel.hostname",
      "tailnet-edge:publicEdge.hostnames[2]",
      "tailnet-edge:operator.proxyTags",
      "tailnet-edge:publicEdge.hostnames[3]",
      "tailnet-edge:operatorClientId",
      "tailnet-edge:operatorClientSecret",
      "tailnet-edge:tailnet.basePolicy",
    ]);
    expect(message.split("\n")[0]).toBe("the configuration of stack ozilab has 13 issues");
  });

  test("an empty configuration", async () => {
    expect((await refusal({})).issues.map(({ path, found }) => [path, found])).toEqual([
      ["tailnet-edge:tailnet", "nothing"],
      ["tailnet-edge:operator", "nothing"],
    ]);
  });
});

describe("no issue shows a secret", () => {
  // Characters that no message contains by chance.
  const secret = fc.stringMatching(/^[A-Z0-9]{12,40}$/);
  const tailscaleKey = secret.map((text) => `tskey-auth-${text}`);

  const shows = async (config: FileConfig, text: string): Promise<void> => {
    expect((await refusal(config)).message).not.toContain(text);
  };

  test.each([
    "tailscale:apiKey",
    "tailscale:oauthClientSecret",
    "cloudflare:apiToken",
    "tailnet-edge:operatorClientId",
    "tailnet-edge:operatorClientSecret",
    "tailnet-edge:clientSecret",
    "operator.clientSecret",
    "operator.credential.clientSecret",
    "tailnet.apiKey",
  ])("in plain text in %s", async (key) => {
    await fc.assert(fc.asyncProperty(secret, (text) => shows(ozilab({ [key]: text }), text)));
  });

  test("in a kubeconfig in plain text", async () => {
    await fc.assert(
      fc.asyncProperty(secret, (text) =>
        shows(ozilab({ "kubernetes:kubeconfig": `users:\n- token: ${text}\n` }), text),
      ),
    );
  });

  test.each(["tailnet", "tailnet.name", "operator", "operator.hostname", "publicEdge.hostnames.0", "other"])(
    "that is encrypted in the plain-text key %s",
    async (path) => {
      await fc.assert(fc.asyncProperty(secret, (text) => shows(ozilab({ [path]: { secure: text } }), text)));
    },
  );

  test.each([
    "tailnet",
    "tailnet.name",
    "tailnet.basePolicy",
    "operator",
    "operator.chartVersion",
    "operator.credential",
    "operator.credential.kind",
    "operator.tag",
    "publicEdge",
    "publicEdge.funnel.backend.port",
    "publicEdge.zones",
    "publicEdge.hostnames.0",
  ])("that is a Tailscale key in %s, alone or nested", async (path) => {
    await fc.assert(
      fc.asyncProperty(
        tailscaleKey.chain((text) =>
          fc
            .constantFrom<unknown>(text, [text], { [`a${text.slice(-3)}`]: text }, [[{ a: text }]])
            .map((value) => [text, value] as const),
        ),
        ([text, value]) => shows(ozilab({ [path]: value }), text),
      ),
    );
  });

  test.each([
    ["operator.hostname", "publicEdge.funnel.hostname"],
    ["publicEdge.zones.0", "publicEdge.zones.1"],
    ["operator.namespace", "publicEdge.funnel.backend.namespace"],
  ])("that is a Tailscale key in %s and in %s", async (...paths) => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z0-9]{12,40}$/), async (text) => {
        const name = `tskey-${text}${paths[0].includes("zones") ? ".com" : ""}`;
        await shows(ozilab(Object.fromEntries(paths.map((path) => [path, name]))), text);
      }),
    );
  });
});

test("reads how the Worker connects: the pool's settings count only with pooled connections", async () => {
  const read = async (worker: object) =>
    (
      await readConfig({
        "tailnet-edge:tailnet": { name: "tail1234.ts.net", policy: "managed" },
        "tailnet-edge:operator": { hostname: "edge-operator", credential: { kind: "oauth" } },
        "tailnet-edge:publicEdge": {
          funnel: { hostname: "edge", backend: { namespace: "a", service: "b", port: 8080 } },
          zones: ["example.com"],
          hostnames: ["example.com"],
          worker,
        },
      })
    ).publicEdge?.worker;
  const pool = { objects: 2, location: "weur", idleTimeout: 30 };
  expect(await read({ pool })).toMatchObject({ pool: undefined });
  expect(await read({ name: "other", connectTimeout: 5, connections: "pooled", pool })).toEqual({
    name: "other",
    origins: [],
    connectTimeout: 5,
    responseTimeout: 100,
    pool,
  });
});

test("the Worker's origins are those of other clusters, for via worker or auto", async () => {
  const origins = ["b-edge.tail1234.ts.net", "c-edge.other.ts.net"];
  for (const via of ["worker", "auto"]) {
    const { publicEdge } = await readConfig({
      "tailnet-edge:tailnet": { name: "tail1234.ts.net", policy: "managed" },
      "tailnet-edge:operator": { hostname: "edge-operator", credential: { kind: "oauth" } },
      "tailnet-edge:publicEdge": {
        funnel: { hostname: "edge", backend: { namespace: "a", service: "b", port: 8080 } },
        zones: ["example.com"],
        hostnames: ["example.com", { host: "a.example.com", via }],
        worker: { origins },
      },
    });
    expect(publicEdge?.worker.origins).toEqual(origins);
  }
});
