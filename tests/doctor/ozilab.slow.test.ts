import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT_STATUS, type Report } from "../../doctor/core/report.ts";
import type { Target } from "../../doctor/target/target.ts";
import { records } from "../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../sandbox/providers/cloudflare/entry-points.ts";
import { changeZoneEdge } from "../../sandbox/providers/cloudflare/zone-edge.ts";
import { type Zone, zones } from "../../sandbox/providers/cloudflare/zones.ts";
import { type KubernetesObject, objects } from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import {
  changeTailnet,
  type Credential,
  credentials,
  devices,
  tailnet,
} from "../../sandbox/providers/tailscale/tailnet.ts";
import { callCounts } from "../../sandbox/world/api.ts";
import type { World } from "../../sandbox/world/world.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "./sandbox-doctor.ts";

let doctor: SandboxDoctor;
beforeAll(async () => {
  doctor = await sandboxDoctor("ozilab");
});
afterAll(() => doctor.remove());

const FUNNEL = "ozilab-edge.tail1234.ts.net";
/** The sandbox models no certificates of proxies. */
const NOT_MODELLED = [`certificate/${FUNNEL}: unknown`];
const HOST = "app.example.com";
const SECRET = "Secret tailscale/operator-oauth";
const INGRESS = "Ingress traefik/ozilab-edge";

test("a healthy ozilab has no finding, and only what the sandbox does not model is unknown", async () => {
  const report = await doctor.diagnose();
  expect(notOk(report)).toEqual(NOT_MODELLED);
  expect(report.results.map(({ id, evidence }) => `${id}: ${evidence}`)).toMatchInlineSnapshot(`
    [
      "secret: client_id and client_secret, without surrounding white space",
      "credential: OAuth client k0001CNTRL gets an access token",
      "scope/auth_keys: a read that needs auth_keys succeeds",
      "scope/devices:core: a read that needs devices:core succeeds",
      "scope/services: a read that needs services succeeds",
      "policy/syntax: it can be parsed",
      "policy/tag-owners: tag:k8s, tag:k8s-operator have their owners",
      "policy/funnel: tag:k8s may use Funnel",
      "policy/access: all 1 grants",
      "policy/tests: all 1 tests of the stack pass",
      "magicdns: on",
      "https: on",
      "deployment: 1 available",
      "login: ozilab-operator.tail1234.ts.net is connected",
      "name/ozilab-edge.tail1234.ts.net: ozilab-edge.tail1234.ts.net",
      "certificate/ozilab-edge.tail1234.ts.net: no certificate for ozilab-edge.tail1234.ts.net in the proxy's Secret: it is issued at the first request",
      "zone/example.com: active, type full",
      "plan/example.com: enterprise",
      "edge-certificate/app.example.com: universal certificate for example.com, *.example.com",
      "record/app.example.com: CNAME ozilab-edge.tail1234.ts.net, proxied",
      "sni/app.example.com: rule "SNI of the Funnel, Host kept" sets ozilab-edge.tail1234.ts.net",
      "host-header/app.example.com: Host stays app.example.com",
      "origin/app.example.com: no override",
      "page-rules/app.example.com: none changes Host, origin or URL",
      "strict-tls/app.example.com: rule "TLS Full (strict) to the origin" sets the TLS mode strict",
      "redirect/app.example.com: rule "HTTP to HTTPS" redirects to HTTPS",
    ]
  `);
  expect(report.verdict).toBe("unknown");
});

test("only reads: its calls are GET and LIST, and the exchange of the operator's credential", async () => {
  await doctor.diagnose((world) => {
    for (const name of Object.keys(callCounts(world))) world.table("calls").delete(name);
  });
  const methods = Object.keys(callCounts(doctor.world())).filter((name) => !/ (GET|LIST) /.test(name));
  expect(methods).toEqual(["tailscale POST /oauth/token"]);
});

const policyWith = (change: (policy: string) => string) => (world: World) => {
  const { policy } = tailnet(world);
  const changed = change(policy);
  if (changed === policy) throw new Error("the policy is as before");
  changeTailnet(world, { policy: changed });
};
const zone = (world: World): Zone => {
  const found = zones(world).find(({ name }) => name === "example.com");
  if (found === undefined) throw new Error("no zone");
  return found;
};
const changeZone = (change: Partial<Zone>) => (world: World) => {
  zones(world).set(zone(world).id, { ...zone(world), ...change });
};
const changeObject =
  (key: string, change: (object: KubernetesObject) => KubernetesObject) => (world: World) => {
    const object = objects(world).get(key);
    if (object === undefined) throw new Error(`no ${key}`);
    objects(world).set(key, change(object));
  };
const changeSecret = (change: (secret: string) => string | undefined) =>
  changeObject(SECRET, (object) => {
    const { client_secret: encoded = "", ...data } = object.data ?? {};
    const value = change(Buffer.from(encoded, "base64").toString());
    const changed = value === undefined ? {} : { client_secret: Buffer.from(value).toString("base64") };
    return { ...object, data: { ...data, ...changed } };
  });
const changeCredential = (change: (credential: Credential) => Partial<Credential>) => (world: World) => {
  for (const [id, credential] of [...credentials(world)]) {
    credentials(world).set(id, { ...credential, ...change(credential) });
  }
};
const changeRecord = (change: object | undefined) => (world: World) => {
  for (const [id, record] of [...records(world, zone(world).id)]) {
    const table = records(world, zone(world).id);
    if (change === undefined) table.delete(id);
    else table.set(id, { ...record, ...change });
  }
};
const addRule = (phase: string, actionParameters: object, expression = 'http.host eq "app.example.com"') =>
  changeRules(phase, (rules) => [
    ...rules,
    {
      id: "f".repeat(32),
      ref: "theirs",
      action: "x",
      expression,
      actionParameters: { ...actionParameters },
      description: "theirs",
    },
  ]);
type Rules = NonNullable<ReturnType<ReturnType<typeof rulesets>["get"]>>["rules"];
function changeRules(phase: string, change: (rules: Rules) => Rules) {
  return (world: World) => {
    const [found] = [...rulesets(world)].filter(([, ruleset]) => ruleset.phase === phase);
    if (found === undefined) throw new Error(`no ruleset of ${phase}`);
    const [key, ruleset] = found;
    rulesets(world).set(key, { ...ruleset, rules: change(ruleset.rules) });
  };
}

const ORIGIN = "http_request_origin";
const CONFIG = "http_config_settings";
const REDIRECT = "http_request_dynamic_redirect";
const without = (key: string) => (world: World) => {
  if (!objects(world).has(key)) throw new Error(`no ${key}`);
  objects(world).delete(key);
};
const CONSEQUENCE = `certificate/${FUNNEL}: because of name/${FUNNEL}`;

/** What is changed, and every check that is then not ok, apart from what the sandbox does not model. */
const CASES: readonly (readonly [string, (world: World) => void, readonly string[]])[] = [
  ["the Secret is deleted", without(SECRET), ["secret: secret-missing", ...unknownCredential()]],
  [
    "the Secret lacks a key",
    changeSecret(() => undefined),
    ["secret: secret-key-missing", ...unknownCredential()],
  ],
  [
    "the Secret ends in a line break",
    changeSecret((secret) => `${secret}\n`),
    ["secret: secret-has-whitespace", "credential: because of secret", ...scopes("secret")],
  ],
  [
    "the credential is revoked",
    (world) => {
      for (const [id] of [...credentials(world)]) credentials(world).delete(id);
    },
    ["credential: credential-revoked", ...scopes("credential")],
  ],
  [
    "the credential has another secret",
    changeCredential(() => ({ secretHash: "0" })),
    ["credential: credential-wrong-secret", ...scopes("credential")],
  ],
  ...(["auth_keys", "devices:core", "services"] as const).map((scope) => {
    const lacking = changeCredential(({ scopes: all }) => ({ scopes: all.filter((one) => one !== scope) }));
    return [`the credential lacks ${scope}`, lacking, [`scope/${scope}: scope-missing`]] as const;
  }),
  [
    "the policy cannot be parsed",
    (world) => {
      changeTailnet(world, { policy: "{" });
    },
    [
      "policy/syntax: policy-unreadable",
      ...["tag-owners", "funnel", "access", "tests"].map(
        (part) => `policy/${part}: because of policy/syntax`,
      ),
    ],
  ],
  [
    "the operator owns no tag",
    policyWith((policy) => policy.replace(/"tag:k8s":\s*\[\s*"tag:k8s-operator",?\s*\]/, '"tag:k8s": []')),
    ["policy/tag-owners: tag-without-owner"],
  ],
  [
    "Funnel is not allowed",
    policyWith((policy) => policy.replaceAll('"funnel"', '"other"')),
    ["policy/funnel: funnel-not-allowed"],
  ],
  [
    "a grant is missing",
    policyWith((policy) => policy.replaceAll("tcp:443", "tcp:444")),
    ["policy/access: access-not-granted"],
  ],
  [
    "everybody reaches everything",
    policyWith((policy) =>
      policy.replace("{", '{ "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],'),
    ),
    ["policy/tests: policy-tests-fail"],
  ],
  [
    "MagicDNS is off",
    (world) => {
      changeTailnet(world, { magicDns: false });
    },
    ["magicdns: magicdns-off"],
  ],
  [
    "HTTPS is off",
    (world) => {
      changeTailnet(world, { settings: { httpsEnabled: false } });
    },
    ["https: https-off"],
  ],
  [
    "the operator's Deployment is deleted",
    without("Deployment tailscale/operator"),
    ["deployment: operator-missing"],
  ],
  [
    "the operator's device is removed",
    (world) => {
      for (const [id, { owner }] of [...devices(world)]) if (owner === "operator") devices(world).delete(id);
    },
    ["login: operator-not-logged-in"],
  ],
  ["the Ingress is deleted", without(INGRESS), [`name/${FUNNEL}: exposed-object-missing`, CONSEQUENCE]],
  [
    "another machine has the Funnel's name",
    (world) => {
      for (const [id, device] of [...devices(world)]) {
        if (device.name === "ozilab-edge") devices(world).set(id, { ...device, name: "ozilab-edge-1" });
      }
    },
    [`name/${FUNNEL}: name-taken`, CONSEQUENCE],
  ],
  [
    "the devices are in another tailnet",
    (world) => {
      changeTailnet(world, { name: "other.ts.net" });
    },
    [`name/${FUNNEL}: other-tailnet`, CONSEQUENCE],
  ],
  ["the zone is paused", changeZone({ paused: true }), ["zone/example.com: zone-paused"]],
  ["the zone is pending", changeZone({ status: "pending" }), ["zone/example.com: zone-not-active"]],
  [
    "the zone is deleted",
    (world) => {
      zones(world).delete(zone(world).id);
    },
    noZone(),
  ],
  [
    "the plan has no SNI override",
    changeZone({ plan: "business" }),
    ["plan/example.com: plan-without-sni-override"],
  ],
  [
    "no certificate covers the hostname",
    (world) => {
      changeZoneEdge(world, zone(world), { certificates: [] });
    },
    [`edge-certificate/${HOST}: edge-certificate-missing`],
  ],
  [
    "the edge certificate is pending",
    (world) => {
      const certificates = [
        { type: "universal", hosts: [`*.example.com`], status: "pending_validation" },
      ] as const;
      changeZoneEdge(world, zone(world), { certificates });
    },
    [`edge-certificate/${HOST}: edge-certificate-pending`],
  ],
  ["the record is deleted", changeRecord(undefined), [`record/${HOST}: record-missing`]],
  ["the record is not proxied", changeRecord({ proxied: false }), [`record/${HOST}: record-not-proxied`]],
  [
    "the record points elsewhere",
    changeRecord({ content: "old.example.net" }),
    [`record/${HOST}: record-elsewhere`],
  ],
  ["the SNI rule is deleted", changeRules(ORIGIN, () => []), [`sni/${HOST}: sni-rule-missing`]],
  [
    "the SNI rule is disabled",
    changeRules(ORIGIN, (rules) => rules.map((rule) => ({ ...rule, enabled: false }))),
    [`sni/${HOST}: sni-rule-missing`],
  ],
  [
    "a later rule sets another SNI",
    addRule(ORIGIN, { sni: { value: "x.example.net" } }),
    [`sni/${HOST}: sni-overridden`],
  ],
  [
    "a rule replaces the Host",
    addRule(ORIGIN, { host_header: "x.example.net" }, "true"),
    [`host-header/${HOST}: host-overridden`],
  ],
  [
    "a rule changes the port",
    addRule(ORIGIN, { origin: { port: 8443 } }),
    [`origin/${HOST}: origin-overridden`],
  ],
  [
    "a Page Rule replaces the Host",
    (world) => {
      const actions = [{ id: "host_header_override", value: "x.example.net" }];
      changeZoneEdge(world, zone(world), { pageRules: [{ pattern: "*example.com/*", actions }] });
    },
    [`page-rules/${HOST}: host-overridden`],
  ],
  ["the TLS rule is deleted", changeRules(CONFIG, () => []), [`strict-tls/${HOST}: tls-not-strict`]],
  [
    "a later rule sets another TLS mode",
    addRule(CONFIG, { ssl: "flexible" }),
    [`strict-tls/${HOST}: tls-mode-overridden`],
  ],
  ["the redirect is deleted", changeRules(REDIRECT, () => []), [`redirect/${HOST}: redirect-missing`]],
  [
    "a rule redirects HTTPS elsewhere",
    addRule(REDIRECT, { from_value: { target_url: { value: "https://x.example.net" } } }),
    [`redirect/${HOST}: redirect-elsewhere`],
  ],
];

function scopes(root: string): readonly string[] {
  return ["auth_keys", "devices:core", "services"].map((scope) => `scope/${scope}: because of ${root}`);
}

function unknownCredential(): readonly string[] {
  return ["credential: because of secret", ...scopes("secret")];
}

function noZone(): readonly string[] {
  const others = [
    "edge-certificate",
    "record",
    "sni",
    "host-header",
    "origin",
    "page-rules",
    "strict-tls",
    "redirect",
  ];
  const root = "zone/example.com";
  return [
    `${root}: zone-missing`,
    `plan/example.com: because of ${root}`,
    ...others.map((kind) => `${kind}/${HOST}: because of ${root}`),
  ];
}

test.each(CASES)("%s", async (_, change, expected) => {
  const found = notOk(await doctor.diagnose(change));
  expect(found.filter((line) => !NOT_MODELLED.includes(line))).toEqual(expected);
});

test("a hostname with via worker needs the Worker and its route, and no origin rule", async () => {
  const adjust = (target: Target) => ({
    ...target,
    hosts: target.hosts.map((host) => ({ ...host, via: "worker" as const })),
  });
  const { results } = await doctor.diagnose(undefined, { adjust });
  const missing = ["worker: worker-missing", `worker-route/${HOST}: because of worker`];
  expect(notOk({ results })).toEqual([...NOT_MODELLED, ...missing]);
  expect(results.filter(({ id }) => /^(plan|sni|strict-tls)/.test(id))).toEqual([]);
});

test("a system that refuses the credential leaves its checks unknown, and the rest goes on", async () => {
  const report = await doctor.diagnose(undefined, { variables: { CLOUDFLARE_API_TOKEN: "wrong" } });
  const groups = Map.groupBy(report.results, ({ group }) => group);
  expect(groups.get("cloudflare")?.map(({ status }) => status)).toEqual(Array(10).fill("unknown"));
  expect(groups.get("cloudflare")?.[0]?.evidence).toContain("Cloudflare answers 401");
  expect(groups.get("control plane")?.filter(({ status }) => status !== "ok")).toHaveLength(1);
});

/** As `make doctor` runs it, without its check of the installed packages. */
const run = async (...args: readonly string[]) => {
  const { OUTPUTS: outputs = "", ...env } = doctor.variables;
  const { stdout, stderr, exitCode } = await execa({ env, reject: false })(process.execPath, [
    ...[join(PROJECT_FOLDER, "doctor", "main.ts"), "--stack=ozilab", `--outputs=${outputs}`],
    ...args,
  ]);
  return { stdout, stderr, exitCode };
};

test("prints each check, a table of findings and the verdict, and exits with 1", async () => {
  doctor.prepare(changeZone({ paused: true }));
  const { stdout, stderr, exitCode } = await run("--host=app.example.com");
  expect(stderr).toBe("");
  expect(exitCode).toBe(1);
  expect(stdout).toContain("  ✗ zone example.com: is active\n      example.com is paused\n");
  expect(stdout).toMatch(/│ zone example\.com +│ zone-paused: the zone is +│/);
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^ozilab: broken \(\d+ ok, \d+ broken, \d+ unknown\)$/);
  expect(stdout).not.toContain("\u001B");
});

test("FORMAT=json prints the report, and a mistake is an error with status 2", async () => {
  doctor.prepare();
  const { stdout, exitCode } = await run("--format=json");
  const report = JSON.parse(stdout) as Report;
  expect(exitCode).toBe(EXIT_STATUS[report.verdict]);
  // The data path leads through the internet.
  const modelled = report.results.filter(({ group }) => /^(control plane|cloudflare)$/.test(group));
  expect(modelled).toHaveLength(26);
  expect(notOk({ results: modelled })).toEqual(NOT_MODELLED);
  const mistake = await run("--host=nowhere.example.com");
  expect(mistake).toMatchObject({ stdout: "", exitCode: 2 });
  expect(mistake.stderr).toContain("allowed: a public hostname of the stack: app.example.com");
});
