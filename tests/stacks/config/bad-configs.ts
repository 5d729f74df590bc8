import type { ConfigIssue } from "../../../components/config-issue.ts";
import { CHART_VERSION } from "../../../components/operator/chart-version.ts";
import { type FileConfig, ozilab } from "../../support/stack-config.ts";

/** A configuration with mistakes in it, and all that has to be said about them. */
export interface BadConfig {
  readonly config: FileConfig;
  readonly issues: readonly ConfigIssue[];
}

type Advice = Pick<ConfigIssue, "allowed" | "fix">;
type Row = readonly [
  name: string,
  changes: Readonly<Record<string, unknown>>,
  ...issues: (readonly [path: string, found: string, advice: Advice])[],
];

const NAME = {
  allowed: "a full host name: lower-case letters, digits and hyphens, 63 characters a label, 253 in all",
  fix: "write it as browsers send it, such as app.example.com: no scheme, port, path or trailing dot",
};
const EXACT_NAME = {
  allowed: "one exact name: only what is listed is published",
  fix: "list each hostname on a line of its own",
};
const NO_TS_NET = {
  allowed: "a name in a Cloudflare zone; ts.net names are Tailscale's own",
  fix: "give the public hostname here; the Funnel's ts.net name is read from the cluster",
};
const LABEL = {
  allowed: "1 to 63 lower-case letters, digits and hyphens; no hyphen at either end, no dot",
  fix: "give the first label only, such as ozilab-edge",
};
const TAILNET = {
  allowed: "the tailnet's DNS name: tail1234.ts.net, or the fun name that was chosen for it",
  fix: "copy it from the DNS page of the Tailscale admin console",
};
const TAG = {
  allowed: "tag: and a name that starts with a letter: letters, digits, hyphens",
  fix: "write it as the policy does, such as tag:k8s",
};
const SOURCE = {
  allowed:
    "a user (alice@example.com), group:<name>, tag:<name>, or an autogroup of people (autogroup:member)",
  fix: "name who may get in; * and autogroup:tagged would let in the proxies that face the internet",
};
const VERSION = {
  allowed: `one exact version, such as ${CHART_VERSION}: no v in front, no range`,
  fix: "pin a release of the chart tailscale-operator",
};
const CHART = {
  allowed:
    "https://<repository>, oci://<registry>/<chart>, or the path of a chart's folder or archive; no password in it",
  fix: "give one of these; the version stands in operator.chartVersion, a registry's login in Helm's own configuration",
};
const HTTPS = {
  allowed: "a URL that starts with https:// and holds no user name or password",
  fix: "give the whole URL",
};
const ONE_ENTRY = { allowed: "at least 1", fix: "add an entry" };
const VIA = {
  allowed: "origin-rule, worker, auto, cname-only, or { cname: <target> }",
  fix: "choose one of these forms",
};
const ONCE = { allowed: "each name once", fix: "take one of the two out" };

const ofType = (type: string): Advice => ({
  allowed: `a value of type ${type}`,
  fix: "see Pulumi.yaml for what the key is for",
});
const oneOf = (allowed: string): Advice => ({ allowed, fix: "choose one of these" });
const known = (allowed: string, nearest?: string): Advice => ({
  allowed,
  fix: nearest === undefined ? "take it out, or move it to where it belongs" : `did you mean ${nearest}?`,
});
const unread = "a key that nothing reads";
const hidden = "a value that is not shown here, as it may be a secret";

const encrypted = (secret: string) => ({ secure: secret });
const encryptedOnly: Advice = {
  allowed: "encrypted values only in tailnet-edge:operatorClientId, tailnet-edge:operatorClientSecret",
  fix: "move the secret to its own key, or write the value in plain text",
};
const plainSecret = (key: string) =>
  [
    key,
    "a secret in plain text",
    {
      allowed: "an encrypted value",
      fix: `pulumi config set --secret ${key}; then revoke the value that stood in the file, which is no secret any more`,
    },
  ] as const;
const clientSecrets = (fix: string): Advice => ({
  allowed: "both of the client's secrets with operator.credential.kind: existing, neither with another",
  fix,
});

const EXISTING = { "operator.credential": { kind: "existing" } };
const CLIENT = {
  "tailnet-edge:operatorClientId": encrypted("client-id"),
  "tailnet-edge:operatorClientSecret": encrypted("client-secret"),
};
const TOP = "tailnet, operator, publicEdge, privateServices, proxyGroups, clusterDns, homepage";
const OPERATOR = "chartVersion, chart, namespace, hostname, credential, tag, proxyTags";
const HOST_0 = "tailnet-edge:publicEdge.hostnames[0]";
const LONG_LABEL = `${"a".repeat(64)}.example.com`;
const LONG_NAME = `${"abcdefg.".repeat(31)}example.com`;

const hostname = (found: string, advice: Advice): Row => [
  `hostname ${found}`,
  { "publicEdge.hostnames.0": found },
  [HOST_0, JSON.stringify(found), advice],
];
const field = (path: string, value: unknown, advice: Advice): Row => [
  `${path}: ${JSON.stringify(value)}`,
  { [path]: value },
  [
    `tailnet-edge:${path.replaceAll(/\.(\d+)/g, "[$1]")}`,
    value === undefined ? "nothing" : JSON.stringify(value),
    advice,
  ],
];

const FIELD_ROWS: readonly Row[] = [
  // Unknown keys, at every level.
  ["an unknown key", { zones: ["a.com"] }, ["tailnet-edge:zones", unread, known(TOP)]],
  ["a misspelt key", { publicEgde: [] }, ["tailnet-edge:publicEgde", unread, known(TOP, "publicEdge")]],
  [
    "an unknown key of tailnet",
    { "tailnet.polcy": "managed" },
    ["tailnet-edge:tailnet.polcy", unread, known("name, policy, basePolicy", "policy")],
  ],
  [
    "an unknown key of operator",
    { "operator.image": "x" },
    ["tailnet-edge:operator.image", unread, known(OPERATOR)],
  ],
  [
    "two unknown keys at once",
    { "operator.image": "x", "operator.chartversion": "1.0.0" },
    ["tailnet-edge:operator.image", unread, known(OPERATOR)],
    ["tailnet-edge:operator.chartversion", unread, known(OPERATOR, "chartVersion")],
  ],
  [
    "an unknown key of the credential",
    { "operator.credential.issuer": "https://a.com" },
    ["tailnet-edge:operator.credential.issuer", unread, known("kind, serial")],
  ],
  [
    "a secret in the credential",
    { "operator.credential": { kind: "existing", clientSecret: "tskey-client-x" }, ...CLIENT },
    ["tailnet-edge:operator.credential.clientSecret", unread, known("kind")],
  ],
  [
    "an unknown key of publicEdge",
    { "publicEdge.zone": "example.com" },
    ["tailnet-edge:publicEdge.zone", unread, known("funnel, zones, via, hostnames", "zones")],
  ],
  [
    "an unknown key of funnel",
    { "publicEdge.funnel.tags": [] },
    ["tailnet-edge:publicEdge.funnel.tags", unread, known("hostname, backend, allowFrom")],
  ],
  [
    "an unknown key of backend",
    { "publicEdge.funnel.backend.portt": 443 },
    ["tailnet-edge:publicEdge.funnel.backend.portt", unread, known("namespace, service, port", "port")],
  ],
  [
    "a Host override",
    { "publicEdge.hostnames.0": { host: "app.example.com", hostHeader: "x.ts.net" } },
    [`${HOST_0}.hostHeader`, unread, known("host, via")],
  ],
  [
    "an unknown key of via",
    { "publicEdge.hostnames.0": { host: "app.example.com", via: { cname: "a.com", ttl: 1 } } },
    [`${HOST_0}.via.ttl`, unread, known("cname")],
  ],

  // Missing keys.
  field("tailnet", undefined, ofType("object")),
  field("operator", undefined, ofType("object")),
  field("tailnet.name", undefined, ofType("string")),
  field("tailnet.policy", undefined, oneOf("managed, verified")),
  field("operator.hostname", undefined, ofType("string")),
  field("operator.credential", undefined, ofType("object")),
  [
    "a credential without a kind",
    { "operator.credential": {} },
    ["tailnet-edge:operator.credential.kind", "nothing", kinds()],
  ],
  [
    "a federated credential without an issuer",
    { "operator.credential": { kind: "federated" } },
    ["tailnet-edge:operator.credential.issuer", "nothing", ofType("string")],
  ],
  field("publicEdge.funnel", undefined, ofType("object")),
  field("publicEdge.funnel.hostname", undefined, ofType("string")),
  field("publicEdge.funnel.backend", undefined, ofType("object")),
  field("publicEdge.funnel.backend.namespace", undefined, ofType("string")),
  field("publicEdge.funnel.backend.service", undefined, ofType("string")),
  field("publicEdge.funnel.backend.port", undefined, ofType("number")),
  field("publicEdge.zones", undefined, ofType("array")),
  field("publicEdge.hostnames", undefined, ofType("array")),
  [
    "a hostname without host",
    { "publicEdge.hostnames.0": { via: "cname-only" } },
    [`${HOST_0}.host`, "nothing", ofType("string")],
  ],

  // Wrong types.
  field("tailnet", "tail1234.ts.net", ofType("object")),
  field("tailnet.name", 7, ofType("string")),
  field("operator", ["x"], ofType("object")),
  field("operator.chartVersion", 1.96, ofType("string")),
  field("operator.credential", "oauth", ofType("object")),
  field("operator.credential.serial", "2", ofType("number")),
  field("operator.credential.serial", 1.5, ofType("int")),
  field("operator.proxyTags", "tag:k8s", ofType("array")),
  field("publicEdge", "app.example.com", ofType("object")),
  field("publicEdge.funnel.backend", "traefik:443", ofType("object")),
  field("publicEdge.zones", "example.com", ofType("array")),
  field("publicEdge.hostnames.0", 7, {
    allowed: "a host name, or { host: <name>, via: <way> }",
    fix: "choose one of these forms",
  }),

  // Values that are none of the few allowed ones.
  field("tailnet.policy", "owned", oneOf("managed, verified")),
  field("operator.credential.kind", "password", kinds()),
  ...["tunnel", { target: "a.com" }, 7].map((via): Row => [
    `via: ${JSON.stringify(via)}`,
    { "publicEdge.hostnames.0": { host: "app.example.com", via } },
    typeof via === "object"
      ? [`${HOST_0}.via.cname`, "nothing", ofType("string")]
      : [`${HOST_0}.via`, JSON.stringify(via), VIA],
    ...(typeof via === "object" ? [[`${HOST_0}.via.target`, unread, known("cname")] as const] : []),
  ]),

  // Hostnames and zones.
  ...["App.example.com", "https://app.example.com", "app.example.com:443", "app.example.com/x", "app"].map(
    (name) => hostname(name, NAME),
  ),
  ...["app.example.com.", ".example.com", "app..example.com", "a_b.example.com", "", " app.example.com"].map(
    (name) => hostname(name, NAME),
  ),
  ...["-app.example.com", "app-.example.com", "192.168.1.10", "bücher.example.com", "a b.example.com"].map(
    (name) => hostname(name, NAME),
  ),
  hostname(LONG_LABEL, NAME),
  hostname(LONG_NAME, NAME),
  hostname("*.example.com", EXACT_NAME),
  hostname("*", EXACT_NAME),
  hostname("ozilab-edge.tail1234.ts.net", NO_TS_NET),
  hostname("ts.net", NO_TS_NET),
  [
    "a wildcard with a way",
    { "publicEdge.hostnames.0": { host: "*.example.com", via: "cname-only" } },
    [`${HOST_0}.host`, '"*.example.com"', EXACT_NAME],
  ],
  [
    "the Funnel as another target",
    { "publicEdge.hostnames.0": { host: "app.example.com", via: { cname: "ozilab-edge.tail1234.ts.net" } } },
    [`${HOST_0}.via.cname`, '"ozilab-edge.tail1234.ts.net"', NO_TS_NET],
  ],
  field("publicEdge.zones.0", "example.com.", NAME),
  field("publicEdge.zones.0", "*.example.com", EXACT_NAME),
  field("publicEdge.zones.0", "tail1234.ts.net", NO_TS_NET),
  ["no zone", { "publicEdge.zones": [] }, ["tailnet-edge:publicEdge.zones", "[]", ONE_ENTRY]],

  // Names of devices, namespaces and Services; the tailnet's.
  ...[
    "operator.hostname",
    "operator.namespace",
    "publicEdge.funnel.hostname",
    "publicEdge.funnel.backend.namespace",
    "publicEdge.funnel.backend.service",
  ].flatMap((path) =>
    ["Traefik", "a.b", "-a", "a-", "", "a".repeat(64)].map((bad) => field(path, bad, LABEL)),
  ),
  ...["tail1234", "tail1234.ts.net.", "TAIL.ts.net", "a.b.ts.net", ".ts.net", "example.com"].map((name) =>
    field("tailnet.name", name, TAILNET),
  ),

  // Tags and sources.
  ...["k8s", "tag:", "tag:8k", "tag:k8s_x", "Tag:k8s"].flatMap((bad) => [
    field("operator.tag", bad, TAG),
    [
      `proxyTags: ${bad}`,
      { "operator.proxyTags": ["tag:k8s", bad] },
      ["tailnet-edge:operator.proxyTags[1]", JSON.stringify(bad), TAG],
    ] satisfies Row,
  ]),
  field("operator.proxyTags", [], ONE_ENTRY),
  ...["*", "autogroup:tagged", "autogroup:internet", "group:", "alice", "10.0.0.0/8"].map((bad) =>
    field("publicEdge.funnel.allowFrom.0", bad, SOURCE),
  ),

  // Numbers.
  field("publicEdge.funnel.backend.port", 0, { allowed: "at least 1", fix: "raise it" }),
  field("publicEdge.funnel.backend.port", 65536, { allowed: "at most 65535", fix: "lower it" }),
  field("publicEdge.funnel.backend.port", 443.5, ofType("int")),
  field("publicEdge.funnel.backend.port", "443", ofType("number")),
  field("operator.credential.serial", 0, { allowed: "at least 1", fix: "raise it" }),

  // The chart.
  ...["v1.2.3", "latest", "1.2", "^1.2.3", "1.x", ">=1.2.3 <2", "1.2.3 ", "01.2.3", ""].map((bad) =>
    field("operator.chartVersion", bad, VERSION),
  ),
  ...["http://charts.example.com", "oci://registry.example.com", "oci://", "a b", ""].map((bad) =>
    field("operator.chart", bad, CHART),
  ),
  ...["http://issuer.example.com", "issuer.example.com", "https://", "https://a b", ""].map((issuer): Row => [
    `issuer: ${issuer}`,
    { "operator.credential": { kind: "federated", issuer } },
    ["tailnet-edge:operator.credential.issuer", JSON.stringify(issuer), HTTPS],
  ]),
  [
    "an empty base policy",
    { "tailnet.basePolicy": " " },
    [
      "tailnet-edge:tailnet.basePolicy",
      '" "',
      { allowed: "a path that is not empty", fix: "fill it in, or take the key out" },
    ],
    ["tailnet-edge:tailnet.basePolicy", '" ", which cannot be read as a file (ENOENT)', missingFile()],
  ],

  // Secrets in plain text, and in the wrong place.
  ...[
    "tailscale:apiKey",
    "tailscale:oauthClientSecret",
    "tailscale:identityToken",
    "cloudflare:apiKey",
    "cloudflare:apiToken",
    "cloudflare:apiUserServiceKey",
  ].map((key): Row => [`${key} in plain text`, { [key]: "tskey-api-x" }, plainSecret(key)]),
  ...["apiVersion: v1\nkind: Config\n", '{"apiVersion":"v1"}', ' {"apiVersion":"v1"}'].map((inline): Row => [
    `kubeconfig ${JSON.stringify(inline)}`,
    { "kubernetes:kubeconfig": inline },
    plainSecret("kubernetes:kubeconfig"),
  ]),
  [
    "a kubeconfig as an object",
    { "kubernetes:kubeconfig": { apiVersion: "v1", users: [] } },
    plainSecret("kubernetes:kubeconfig"),
  ],
  ...["tailnet-edge:operatorClientId", "tailnet-edge:operatorClientSecret"].map((key): Row => [
    `${key} in plain text`,
    { ...EXISTING, ...CLIENT, [key]: "tskey-client-x" },
    plainSecret(key),
  ]),
  [
    "an encrypted plain key",
    { tailnet: encrypted("tail1234.ts.net") },
    ["tailnet-edge:tailnet", "an encrypted value in a key that is read as plain text", encryptedOnly],
  ],
  [
    "an encrypted value in a plain key",
    { "operator.hostname": encrypted("Not A Name") },
    ["tailnet-edge:operator", "an encrypted value in a key that is read as plain text", encryptedOnly],
  ],
  [
    "an encrypted unknown key",
    { oauthClientSecret: encrypted("x") },
    [
      "tailnet-edge:oauthClientSecret",
      "an encrypted value in a key that is read as plain text",
      encryptedOnly,
    ],
  ],
  [
    "a key as credential",
    { "operator.credential": "tskey-client-x" },
    ["tailnet-edge:operator.credential", hidden, ofType("object")],
  ],
  [
    "a list of secrets as credential",
    { "operator.credential": [{ clientSecret: "x" }] },
    ["tailnet-edge:operator.credential", hidden, ofType("object")],
  ],
  ["a key as name", { "tailnet.name": "tskey-auth-x" }, ["tailnet-edge:tailnet.name", hidden, TAILNET]],
];

function kinds(): Advice {
  return { allowed: "oauth, federated, existing", fix: "choose one of these forms" };
}

function missingFile(): Advice {
  return {
    allowed: "the path of a HuJSON file, relative to the project's folder",
    fix: "mend the path, or take basePolicy out to start from an empty policy",
  };
}

const CROSS_ROWS: readonly Row[] = [
  [
    "a missing base policy file",
    { "tailnet.basePolicy": "stacks/none.hujson" },
    [
      "tailnet-edge:tailnet.basePolicy",
      '"stacks/none.hujson", which cannot be read as a file (ENOENT)',
      missingFile(),
    ],
  ],
  [
    "a key as base policy",
    { "tailnet.basePolicy": "tskey-auth-x" },
    ["tailnet-edge:tailnet.basePolicy", `${hidden}, which cannot be read as a file (ENOENT)`, missingFile()],
  ],
  [
    "a base policy for a policy that is only verified",
    { "tailnet.policy": "verified" },
    [
      "tailnet-edge:tailnet.basePolicy",
      '"stacks/ozilab.policy.hujson", with policy: verified',
      {
        allowed: "a base policy only with policy: managed; a verified policy is read from the tailnet",
        fix: "take basePolicy out, or set policy: managed in the one stack that owns the tailnet's policy",
      },
    ],
  ],
  [
    "one name for two devices",
    { "publicEdge.funnel.hostname": "ozilab-operator" },
    [
      "tailnet-edge:publicEdge.funnel.hostname",
      '"ozilab-operator", which is also operator.hostname',
      {
        allowed: "a name of its own for each device: the tailnet would call the later one by another name",
        fix: "rename one of the two",
      },
    ],
  ],
  [
    "the operator's tag on proxies",
    { "operator.proxyTags": ["tag:k8s", "tag:k8s-operator"], "operator.tag": "tag:k8s-operator" },
    [
      "tailnet-edge:operator.proxyTags",
      "tag:k8s-operator, which is also operator.tag",
      {
        allowed:
          "tags that only proxies carry: a proxy that faces the internet must not pass for the operator",
        fix: "give the proxies a tag of their own, such as tag:k8s",
      },
    ],
  ],
  ...["app.example.org", "notexample.com", "com.example"].map((name): Row =>
    hostname(name, {
      allowed: "a name in one of the declared zones: example.com",
      fix: "mend the name, or add its zone to publicEdge.zones",
    }),
  ),
  [
    "a hostname twice, in both forms",
    { "publicEdge.hostnames": ["app.example.com", "b.example.com", { host: "app.example.com" }] },
    ["tailnet-edge:publicEdge.hostnames[2]", `"app.example.com" a second time, after ${HOST_0}`, ONCE],
  ],
  [
    "a zone three times",
    { "publicEdge.zones": ["example.com", "example.com", "example.com"] },
    [
      "tailnet-edge:publicEdge.zones[1]",
      '"example.com" a second time, after tailnet-edge:publicEdge.zones[0]',
      ONCE,
    ],
    [
      "tailnet-edge:publicEdge.zones[2]",
      '"example.com" a second time, after tailnet-edge:publicEdge.zones[0]',
      ONCE,
    ],
  ],
  [
    "a hostname that points at itself",
    { "publicEdge.hostnames.0": { host: "app.example.com", via: { cname: "app.example.com" } } },
    [
      `${HOST_0}.via.cname`,
      '"app.example.com"',
      {
        allowed: "a target other than the hostname itself",
        fix: "give the name that the record has to point at",
      },
    ],
  ],
  [
    "an existing credential without its secrets",
    EXISTING,
    ...["tailnet-edge:operatorClientId", "tailnet-edge:operatorClientSecret"].map(
      (key) => [key, "nothing", clientSecrets(`pulumi config set --secret ${key}`)] as const,
    ),
  ],
  [
    "an existing credential with one secret empty",
    { ...EXISTING, ...CLIENT, "tailnet-edge:operatorClientId": "" },
    [
      "tailnet-edge:operatorClientId",
      "nothing",
      clientSecrets("pulumi config set --secret tailnet-edge:operatorClientId"),
    ],
  ],
  [
    "secrets with a credential that needs none",
    CLIENT,
    ...["tailnet-edge:operatorClientId", "tailnet-edge:operatorClientSecret"].map(
      (key) =>
        [
          key,
          "a value, with operator.credential.kind: oauth",
          clientSecrets(`pulumi config rm ${key}, or set operator.credential.kind: existing`),
        ] as const,
    ),
  ],
];

/** Mistakes that a single field shows: editors see them too. */
export const FIELD_MISTAKES = FIELD_ROWS.map(badConfig);

/** Mistakes that only the program sees: between fields, or between a field and the disk. */
export const CROSS_MISTAKES = CROSS_ROWS.map(badConfig);

function badConfig([name, changes, ...issues]: Row): readonly [string, BadConfig] {
  return [
    name,
    {
      config: ozilab(changes),
      issues: issues.map(([path, found, advice]) => ({ path, found, ...advice })),
    },
  ];
}
