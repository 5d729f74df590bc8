import { describe, expect, test } from "vitest";
import { type ConfigIssue, UserError } from "../../../../components/config-issue.ts";
import { service } from "../../../support/private-stack.ts";
import { publicEdge, recordStack } from "../../../support/record-stack.ts";

const database = {
  ...{ name: "db", kind: "loadBalancer", ports: [5432], selector: { cluster: "db", role: "master" } },
};
const legacyDatabase = {
  service: "db-external",
  address: "192.168.1.241",
  ports: [5432],
  selector: { cluster: "db", role: "master" },
};
const legacyApp = { name: "app", host: "app.tazlab.net", tlsSecret: "wildcard" };

/** Every issue of the tazlab stack with other private services. */
async function issuesOf(
  privateServices: readonly object[],
  config: object = {},
): Promise<readonly ConfigIssue[]> {
  const changed = { homepage: {}, clusterDns: {}, privateServices, ...config };
  const error: unknown = await recordStack("tazlab", { config: changed }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof UserError)) throw error as Error;
  return error.issues;
}

const placesOf = async (...args: Parameters<typeof issuesOf>) =>
  (await issuesOf(...args)).map(({ path, found }) => `${path}: ${found}`);

const at = (path: string) => `tailnet-edge:privateServices[0]${path}`;

test("valid services have no issue", async () => {
  const legacy = { ingress: legacyApp, backing: {} };
  expect(
    await issuesOf([
      service({ ...database, phase: "coexist", legacy: { loadBalancer: legacyDatabase } }),
      service({ phase: "legacy", legacy, ports: [443] }),
      service({ name: "git", kind: "annotation", service: "git-ssh", ports: [22] }),
    ]),
  ).toEqual([]);
});

test("a UDP port is listed once", async () => {
  const ports = [
    53,
    { port: 53, protocol: "UDP" },
    { port: 53 },
    { port: 53, targetPort: 5353, protocol: "UDP" },
  ];
  expect(await placesOf([service({ ...database, ports: ports.slice(0, 2) })])).toEqual([]);
  expect(await placesOf([service({ ...database, ports })])).toEqual([
    `${at(".ports[2]")}: 53/TCP, which is in the list already`,
    `${at(".ports[3]")}: 53/UDP, which is in the list already`,
  ]);
});

test("clients of a UDP port share it with nobody else's", async () => {
  const dns = (name: string, protocol: string, allowFrom: string) =>
    service({ ...database, name, ports: [{ port: 53, protocol }], allowFrom: [allowFrom] });
  expect(await placesOf([dns("a", "UDP", "tag:tazpod"), dns("b", "TCP", "autogroup:member")])).toEqual([]);
  expect(await placesOf([dns("a", "UDP", "tag:tazpod"), dns("b", "UDP", "autogroup:member")])).toHaveLength(
    1,
  );
});

test("a former name is nobody's name", async () => {
  const renamed = service({ name: "web", formerName: "app" });
  expect(await placesOf([renamed])).toEqual([]);
  expect(await placesOf([renamed, service({ name: "app" })])).toEqual([
    `${at(".formerName")}: app, which is the name of tailnet-edge:privateServices[1]`,
  ]);
});

test.each([
  [
    { name: "git", kind: "annotation", service: "git-ssh", ports: [22] },
    "no ProxyGroup for kind annotation: removing the annotation from a live Service leaves a finalizer that nobody removes (tailscale #20836)",
    "remove proxyGroup: the service then has a proxy of its own",
  ],
  [
    database,
    "no ProxyGroup for kind loadBalancer: the operator does not configure the group's pods for the service, which stays offline (tailscale #18186)",
    "remove proxyGroup: the service then has a proxy of its own; a web application can use kind: ingress",
  ],
])("a service cannot use a ProxyGroup: $kind", async (fields, allowed, fix) => {
  const grouped = service({ ...fields, proxyGroup: "shared" });
  expect(await issuesOf([grouped], { proxyGroups: [{ name: "shared" }] })).toEqual([
    { path: at(".proxyGroup"), found: '"shared"', allowed, fix },
  ]);
});

describe("a selector", () => {
  test("cannot be a strict subset of the legacy Service's", async () => {
    const legacy = { loadBalancer: legacyDatabase };
    expect(await issuesOf([service({ ...database, selector: { role: "master" }, legacy })])).toEqual([
      {
        path: at(".selector"),
        found: "a selector without cluster: db",
        allowed:
          "every label of the legacy Service's selector: with one label less it matches other pods too",
        fix: "copy the selector of legacy.loadBalancer",
      },
    ]);
  });

  test("cannot have another value for one of its labels, but can have more labels", async () => {
    const legacy = { loadBalancer: legacyDatabase };
    const withSelector = (selector: object) => placesOf([service({ ...database, selector, legacy })]);
    expect(await withSelector({ cluster: "db", role: "replica" })).toEqual([
      `${at(".selector")}: a selector without role: master`,
    ]);
    expect(await withSelector({ cluster: "db", role: "master", more: "yes" })).toEqual([]);
  });

  test.each([
    [{}, "{}"],
    [undefined, "nothing"],
  ])("cannot be %j", async (selector, found) => {
    expect(await placesOf([service({ ...database, selector })])).toEqual([`${at(".selector")}: ${found}`]);
  });
});

describe("an Ingress", () => {
  test.each([[[80]], [[443, 80]], [[]]])(
    "cannot have the ports %j: it serves TLS on 443 alone",
    async (ports) => {
      expect(await issuesOf([service({ ports })])).toEqual([
        {
          path: at(".ports"),
          found: JSON.stringify(ports),
          allowed: "443 alone: a tailnet Ingress serves TLS on 443, and no plain HTTP on 80",
          fix: "remove ports; for other ports or protocols, set kind: loadBalancer. The application's port is backend.port",
        },
      ]);
    },
  );

  const byName = "an oauth2-proxy by its name or port";
  test.each([
    [{ service: "oauth2-proxy", port: 80 }, `oauth2-proxy:80, ${byName}`],
    [{ service: "login", port: 4180 }, `login:4180, ${byName}`],
    [{ service: "sso", port: 80, auth: "forward-auth" }, "sso:80, with auth: forward-auth"],
  ])("cannot have the backend %j, which forwards nothing", async (backend, found) => {
    expect(await issuesOf([service({ backend })])).toEqual([
      {
        path: at(".backend"),
        found,
        allowed:
          "the application's own Service: with forward-auth, oauth2-proxy only answers yes or no and forwards nothing",
        fix: "set the application's Service; if this oauth2-proxy has the application as its upstream, set backend.auth: reverse-proxy",
      },
    ]);
  });

  test("can have an oauth2-proxy that has the application as its upstream", async () => {
    const backend = { service: "oauth2-proxy", port: 4180, auth: "reverse-proxy" };
    expect(await issuesOf([service({ backend })])).toEqual([]);
  });
});

describe("Funnel", () => {
  test("cannot have a ProxyGroup, and the issue says why", async () => {
    const edge = publicEdge([]);
    const config = { publicEdge: { ...edge, funnel: { ...edge.funnel, proxyGroup: "shared" } } };
    expect(await issuesOf([], config)).toEqual([
      {
        path: "tailnet-edge:publicEdge.funnel.proxyGroup",
        found: '"shared"',
        allowed:
          "no ProxyGroup for the Funnel: the operator ignores Funnel on a ProxyGroup, so nothing would be published",
        fix: "remove proxyGroup; only private services can use one",
      },
    ]);
  });

  test("is not allowed for a private service", async () => {
    expect(await placesOf([service({ funnel: true })])).toEqual([`${at(".funnel")}: true`]);
  });
});

describe("one name", () => {
  test("is refused for two devices: services, the operator and the Funnel", async () => {
    const services = [
      service({ name: "a", hostname: "ozilab-edge" }),
      service({ name: "b", hostname: "tazlab-operator" }),
      service({ name: "c" }),
      service({ name: "d", hostname: "c" }),
    ];
    const config = { publicEdge: { ...publicEdge([]), funnel: funnelFor(["tag:tazpod"]) } };
    expect(await placesOf(services, config)).toEqual([
      `${at(".hostname")}: "ozilab-edge", which is also tailnet-edge:publicEdge.funnel.hostname`,
      'tailnet-edge:privateServices[1].hostname: "tazlab-operator", which is also tailnet-edge:operator.hostname',
      'tailnet-edge:privateServices[3].hostname: "c", which is also tailnet-edge:privateServices[2].name',
    ]);
  });

  test("is reported once for two services", async () => {
    expect(await placesOf([service({}), service({})])).toEqual([
      'tailnet-edge:privateServices[1].name: "app", which is also tailnet-edge:privateServices[0].name',
    ]);
  });

  test("is refused for both objects of phase coexist", async () => {
    const legacy = { ingress: { ...legacyApp, name: "app-tailnet" } };
    expect(await placesOf([service({ phase: "coexist", legacy })])).toEqual([
      `${at(".legacy.ingress.name")}: "app-tailnet", which is the name of the object that the stack creates`,
    ]);
  });
});

const funnelFor = (allowFrom: readonly string[]) => ({ ...publicEdge([]).funnel, allowFrom });

describe("access that the policy cannot distinguish", () => {
  test("is refused between services", async () => {
    const services = [
      service({ name: "a", tags: ["tag:x", "tag:y"] }),
      service({ name: "b", tags: ["tag:y"], allowFrom: ["b@example.com", "a@example.com"] }),
    ];
    expect(await issuesOf(services)).toEqual([
      {
        path: "tailnet-edge:privateServices[1].allowFrom",
        found:
          "a@example.com, b@example.com; but tailnet-edge:privateServices[0].allowFrom has tag:tazpod, and both are tag:y:443 in the policy",
        allowed: "one allowFrom for each tag and port: the policy distinguishes services by nothing else",
        fix: "give one of the two its own tag, or give both the same allowFrom",
      },
    ]);
  });

  test("is refused between a service and the Funnel", async () => {
    const config = { publicEdge: { ...publicEdge([]), funnel: funnelFor(["group:platform"]) } };
    expect(await placesOf([service({})], config)).toEqual([
      `${at(".allowFrom")}: tag:tazpod; but tailnet-edge:publicEdge.funnel.allowFrom has group:platform, and both are tag:k8s:443 in the policy`,
    ]);
  });

  test("is allowed on other ports, with other tags, or for the same clients in another order", async () => {
    const clients = ["a@example.com", "b@example.com"];
    expect(
      await issuesOf([
        service({ name: "a", tags: ["tag:x"], allowFrom: clients }),
        service({ name: "b", tags: ["tag:x"], allowFrom: clients.toReversed() }),
        service({ name: "c", tags: ["tag:y"] }),
        service({ ...database, tags: ["tag:x"] }),
      ]),
    ).toEqual([]);
  });

  test("is refused for a service with the operator's tag", async () => {
    expect(await placesOf([service({ tags: ["tag:k8s-operator"] })])).toEqual([
      `${at(".tags")}: tag:k8s-operator, which is also operator.tag`,
    ]);
  });
});

describe("a phase", () => {
  test.each(["legacy", "coexist"])("%s needs a legacy exposure", async (phase) => {
    expect(await placesOf([service({ phase })])).toEqual([`${at(".phase")}: ${phase}, without legacy`]);
  });

  test("tailnet has nothing to adopt", async () => {
    const services = [
      service({ legacy: { ingress: { ...legacyApp, adopt: true } } }),
      service({ ...database, legacy: { loadBalancer: { ...legacyDatabase, adopt: true } } }),
    ];
    const found = "true, with phase: tailnet, where there is nothing to adopt";
    expect(await placesOf(services)).toEqual([
      `${at(".legacy.ingress.adopt")}: ${found}`,
      `tailnet-edge:privateServices[1].legacy.loadBalancer.adopt: ${found}`,
    ]);
  });

  test("needs a legacy exposure that is not empty", async () => {
    expect(await placesOf([service({ phase: "coexist", legacy: {} })])).toEqual([
      `${at(".legacy")}: neither ingress nor backing`,
    ]);
  });
});

describe("what a service refers to", () => {
  test("must exist: a ProxyGroup, and Homepage's service", async () => {
    const config = { homepage: { service: "home", deployment: "homepage" } };
    expect(await placesOf([service({ proxyGroup: "shared" }), service(database)], config)).toEqual([
      `${at(".proxyGroup")}: "shared"`,
      'tailnet-edge:homepage.service: "home"',
    ]);
  });

  test("must be unique", async () => {
    const proxyGroups = [{ name: "shared" }, { name: "shared" }];
    expect(await placesOf([], { proxyGroups })).toEqual([
      'tailnet-edge:proxyGroups[1].name: "shared", which is also tailnet-edge:proxyGroups[0].name',
    ]);
  });
});

test("all issues are reported at once", async () => {
  const services = [
    service({ kind: "nodePort" }),
    service({ name: "App", allowFrom: ["*"], backend: { service: "oauth2-proxy", port: 4180 } }),
    service({ ...database, allowFrom: [], phase: "legacy", typo: 1 }),
  ];
  const nameserver = { image: "tailscale/k8s-nameserver:stable", clusterIP: "10.43.0.0/16" };
  const config = { clusterDns: { nameserver, stubZone: "kube-dns" } };
  expect((await placesOf(services, config)).map((place) => place.replace("tailnet-edge:", ""))).toEqual([
    'privateServices[0].kind: "nodePort"',
    'privateServices[1].name: "App"',
    'privateServices[1].allowFrom[0]: "*"',
    "privateServices[2].allowFrom: []",
    "privateServices[2].typo: an unknown key",
    'clusterDns.nameserver.image: "tailscale/k8s-nameserver:stable"',
    'clusterDns.nameserver.clusterIP: "10.43.0.0/16"',
    'clusterDns.stubZone: "kube-dns"',
    "privateServices[1].backend: oauth2-proxy:4180, an oauth2-proxy by its name or port",
    "privateServices[2].phase: legacy, without legacy",
  ]);
});
