import { describe, expect, test } from "vitest";
import { type ConfigIssue, UserError } from "../../../components/config-issue.ts";
import { publicEdge, recordStack } from "../../support/record-stack.ts";
import { service } from "../../support/private-stack.ts";

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

test("sound services have no issue", async () => {
  const legacy = { ingress: legacyApp, backing: {} };
  expect(
    await issuesOf([
      service({ ...database, phase: "coexist", legacy: { loadBalancer: legacyDatabase } }),
      service({ phase: "legacy", legacy, ports: [443] }),
      service({ name: "git", kind: "annotation", service: "git-ssh", ports: [22] }),
    ]),
  ).toEqual([]);
});

describe("a selector", () => {
  test("that is a strict subset of the legacy Service's is refused", async () => {
    const legacy = { loadBalancer: legacyDatabase };
    expect(await issuesOf([service({ ...database, selector: { role: "master" }, legacy })])).toEqual([
      {
        path: at(".selector"),
        found: "a selector without cluster: db",
        allowed: "every label of the legacy Service's selector: with one less it selects other pods too",
        fix: "copy the selector of tailnet-edge:privateServices[0].legacy.loadBalancer",
      },
    ]);
  });

  test("that has another value for one of its labels is refused, one that has more labels is not", async () => {
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
  ])("%j is not given whole", async (selector, found) => {
    expect(await placesOf([service({ ...database, selector })])).toEqual([`${at(".selector")}: ${found}`]);
  });
});

describe("an Ingress", () => {
  test.each([[[80]], [[443, 80]], [[]]])("on %j is refused: it speaks TLS on 443 alone", async (ports) => {
    expect(await issuesOf([service({ ports })])).toEqual([
      {
        path: at(".ports"),
        found: JSON.stringify(ports),
        allowed:
          "443 alone: a tailnet Ingress speaks TLS on 443 and nothing else, and nothing in clear text on 80",
        fix: "take ports out; for other ports or protocols set kind: loadBalancer. The application's port is backend.port",
      },
    ]);
  });

  const byLooks = "an oauth2-proxy by its name or port";
  test.each([
    [{ service: "oauth2-proxy", port: 80 }, `oauth2-proxy:80, ${byLooks}`],
    [{ service: "login", port: 4180 }, `login:4180, ${byLooks}`],
    [{ service: "sso", port: 80, auth: "forward-auth" }, "sso:80, with auth: forward-auth"],
  ])("with the backend %j is refused: it passes nothing on", async (backend, found) => {
    expect(await issuesOf([service({ backend })])).toEqual([
      {
        path: at(".backend"),
        found,
        allowed:
          "the application's own Service: in forward-auth mode oauth2-proxy answers yes or no and passes nothing on",
        fix: "name the application's Service; if this oauth2-proxy has the application as its upstream, set backend.auth: reverse-proxy",
      },
    ]);
  });

  test("may have an oauth2-proxy that has the application as its upstream", async () => {
    const backend = { service: "oauth2-proxy", port: 4180, auth: "reverse-proxy" };
    expect(await issuesOf([service({ backend })])).toEqual([]);
  });
});

describe("Funnel", () => {
  test("has no ProxyGroup, and its reason stands alone", async () => {
    const edge = publicEdge([]);
    const config = { publicEdge: { ...edge, funnel: { ...edge.funnel, proxyGroup: "shared" } } };
    expect(await issuesOf([], config)).toEqual([
      {
        path: "tailnet-edge:publicEdge.funnel.proxyGroup",
        found: '"shared"',
        allowed:
          "a proxy of the Funnel's own: the operator ignores Funnel on a ProxyGroup, and nothing would be published",
        fix: "take proxyGroup out; a private service may have one",
      },
    ]);
  });

  test("is nothing that a private service has", async () => {
    expect(await placesOf([service({ funnel: true })])).toEqual([`${at(".funnel")}: true`]);
  });
});

describe("one name", () => {
  test("for two devices is refused: services', the operator's and the edge's alike", async () => {
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

  test("for two services is told once", async () => {
    expect(await placesOf([service({}), service({})])).toEqual([
      'tailnet-edge:privateServices[1].name: "app", which is also tailnet-edge:privateServices[0].name',
    ]);
  });

  test("for both objects of phase coexist is refused", async () => {
    const legacy = { ingress: { ...legacyApp, name: "app-tailnet" } };
    expect(await placesOf([service({ phase: "coexist", legacy })])).toEqual([
      `${at(".legacy.ingress.name")}: "app-tailnet", which is the name of the object that the stack makes for the tailnet`,
    ]);
  });
});

const funnelFor = (allowFrom: readonly string[]) => ({ ...publicEdge([]).funnel, allowFrom });

describe("access that the policy cannot tell apart", () => {
  test("is refused between services", async () => {
    const services = [
      service({ name: "a", tags: ["tag:x", "tag:y"] }),
      service({ name: "b", tags: ["tag:y"], allowFrom: ["b@example.com", "a@example.com"] }),
    ];
    expect(await issuesOf(services)).toEqual([
      {
        path: "tailnet-edge:privateServices[1].allowFrom",
        found:
          "a@example.com, b@example.com; but tag:tazpod in tailnet-edge:privateServices[0].allowFrom, and both are tag:y:443 to the policy",
        allowed: "one allowFrom for one tag and port: the policy tells services apart by nothing else",
        fix: "give one of the two a tag of its own, or both the same allowFrom",
      },
    ]);
  });

  test("is refused between a service and the Funnel", async () => {
    const config = { publicEdge: { ...publicEdge([]), funnel: funnelFor(["group:platform"]) } };
    expect(await placesOf([service({})], config)).toEqual([
      `${at(".allowFrom")}: tag:tazpod; but group:platform in tailnet-edge:publicEdge.funnel.allowFrom, and both are tag:k8s:443 to the policy`,
    ]);
  });

  test("is none on other ports, by other tags, or for the same guests in another order", async () => {
    const guests = ["a@example.com", "b@example.com"];
    expect(
      await issuesOf([
        service({ name: "a", tags: ["tag:x"], allowFrom: guests }),
        service({ name: "b", tags: ["tag:x"], allowFrom: guests.toReversed() }),
        service({ name: "c", tags: ["tag:y"] }),
        service({ ...database, tags: ["tag:x"] }),
      ]),
    ).toEqual([]);
  });

  test("is what a service with the operator's tag would be", async () => {
    expect(await placesOf([service({ tags: ["tag:k8s-operator"] })])).toEqual([
      `${at(".tags")}: tag:k8s-operator, which is also operator.tag`,
    ]);
  });
});

describe("a phase", () => {
  test.each(["legacy", "coexist"])("%s needs a legacy exposure", async (phase) => {
    expect(await placesOf([service({ phase })])).toEqual([
      `${at(".phase")}: ${phase}, without a legacy exposure that is known`,
    ]);
  });

  test("tailnet has nothing to take over", async () => {
    const services = [
      service({ legacy: { ingress: { ...legacyApp, adopt: true } } }),
      service({ ...database, legacy: { loadBalancer: { ...legacyDatabase, adopt: true } } }),
    ];
    const found = "true, in phase tailnet, in which there is nothing to take over";
    expect(await placesOf(services)).toEqual([
      `${at(".legacy.ingress.adopt")}: ${found}`,
      `tailnet-edge:privateServices[1].legacy.loadBalancer.adopt: ${found}`,
    ]);
  });

  test("is not helped by a legacy exposure that says nothing", async () => {
    expect(await placesOf([service({ phase: "coexist", legacy: {} })])).toEqual([
      `${at(".legacy")}: neither ingress nor backing`,
    ]);
  });
});

describe("what a service names", () => {
  test("must be there: a ProxyGroup, and Homepage's service", async () => {
    const config = { homepage: { service: "home", deployment: "homepage" } };
    expect(await placesOf([service({ proxyGroup: "shared" }), service(database)], config)).toEqual([
      `${at(".proxyGroup")}: "shared"`,
      'tailnet-edge:homepage.service: "home"',
    ]);
  });

  test("must be there once", async () => {
    const proxyGroups = [{ name: "shared" }, { name: "shared" }];
    expect(await placesOf([], { proxyGroups })).toEqual([
      'tailnet-edge:proxyGroups[1].name: "shared", which is also tailnet-edge:proxyGroups[0].name',
    ]);
  });
});

test("everything that is wrong is told at once", async () => {
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
    "privateServices[2].typo: a key that nothing reads",
    'clusterDns.nameserver.image: "tailscale/k8s-nameserver:stable"',
    'clusterDns.nameserver.clusterIP: "10.43.0.0/16"',
    'clusterDns.stubZone: "kube-dns"',
    "privateServices[1].backend: oauth2-proxy:4180, an oauth2-proxy by its name or port",
    "privateServices[2].phase: legacy, without a legacy exposure that is known",
  ]);
});
