import { type Advice, CLIENT, field, HOST_0, ofType, type Row, UNKNOWN_KEY, wholeNumber } from "./row.ts";

const VIA = {
  allowed: "origin-rule, worker, auto, cname-only, or { cname: <target> }",
  fix: "choose one of these forms",
};
const oneOf = (allowed: string): Advice => ({ allowed, fix: "choose one of these" });
const known = (allowed: string, nearest?: string): Advice => ({
  allowed,
  fix: nearest === undefined ? "remove it, or move it to where it belongs" : `did you mean ${nearest}?`,
});
const TOP = "tailnet, operator, publicEdge, privateServices, proxyClasses, proxyGroups, clusterDns, homepage";
const OPERATOR =
  "chartVersion, chart, namespace, releaseName, secretName, hostname, credential, tag, proxyTags, values, registry, pullSecrets, proxyClass, priorityClass";
const KIND: Advice = { allowed: "oauth, federated, existing", fix: "choose one of these forms" };

/** Unknown and missing keys, wrong types, values outside an enumeration. */
export const KEY_ROWS: readonly Row[] = [
  // Unknown keys, at every level.
  ["an unknown key", { zones: ["a.com"] }, ["tailnet-edge:zones", UNKNOWN_KEY, known(TOP)]],
  [
    "a misspelled key",
    { publicEgde: [] },
    ["tailnet-edge:publicEgde", UNKNOWN_KEY, known(TOP, "publicEdge")],
  ],
  [
    "an unknown key of tailnet",
    { "tailnet.polcy": "managed" },
    ["tailnet-edge:tailnet.polcy", UNKNOWN_KEY, known("name, policy, basePolicy, replacePolicy", "policy")],
  ],
  [
    "an unknown key of operator",
    { "operator.image": "x" },
    ["tailnet-edge:operator.image", UNKNOWN_KEY, known(OPERATOR)],
  ],
  [
    "two unknown keys at once",
    { "operator.image": "x", "operator.chartversion": "1.0.0" },
    ["tailnet-edge:operator.image", UNKNOWN_KEY, known(OPERATOR)],
    ["tailnet-edge:operator.chartversion", UNKNOWN_KEY, known(OPERATOR, "chartVersion")],
  ],
  [
    "an unknown key of the credential",
    { "operator.credential.issuer": "https://a.com" },
    ["tailnet-edge:operator.credential.issuer", UNKNOWN_KEY, known("kind, serial")],
  ],
  [
    "a secret in the credential",
    { "operator.credential": { kind: "existing", clientSecret: "tskey-client-x" }, ...CLIENT },
    ["tailnet-edge:operator.credential.clientSecret", UNKNOWN_KEY, known("kind")],
  ],
  [
    "an unknown key of publicEdge",
    { "publicEdge.zone": "example.com" },
    [
      "tailnet-edge:publicEdge.zone",
      UNKNOWN_KEY,
      known("funnel, zones, via, hostnames, worker, originLock", "zones"),
    ],
  ],
  [
    "an unknown key of funnel",
    { "publicEdge.funnel.tags": [] },
    [
      "tailnet-edge:publicEdge.funnel.tags",
      UNKNOWN_KEY,
      known("hostname, ingressName, backend, allowFrom, proxyClass"),
    ],
  ],
  [
    "an unknown key of backend",
    { "publicEdge.funnel.backend.portt": 443 },
    ["tailnet-edge:publicEdge.funnel.backend.portt", UNKNOWN_KEY, known("namespace, service, port", "port")],
  ],
  [
    "a Host override",
    { "publicEdge.hostnames.0": { host: "app.example.com", hostHeader: "x.ts.net" } },
    [`${HOST_0}.hostHeader`, UNKNOWN_KEY, known("host, via")],
  ],
  [
    "an unknown key of via",
    { "publicEdge.hostnames.0": { host: "app.example.com", via: { cname: "a.com", ttl: 1 } } },
    [`${HOST_0}.via.ttl`, UNKNOWN_KEY, known("cname")],
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
    ["tailnet-edge:operator.credential.kind", "nothing", KIND],
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
  field("operator.credential.serial", 1.5, wholeNumber(", 1 or more")),
  field("operator.proxyTags", "tag:k8s", ofType("array")),
  field("publicEdge", "app.example.com", ofType("object")),
  field("publicEdge.funnel.backend", "traefik:443", ofType("object")),
  field("publicEdge.zones", "example.com", ofType("array")),
  field("publicEdge.hostnames.0", 7, {
    allowed: "a hostname, or { host: <name>, via: <via> }",
    fix: "choose one of these forms",
  }),

  // Values outside an enumeration.
  field("tailnet.policy", "owned", oneOf("managed, verified")),
  field("operator.credential.kind", "password", KIND),
  field("publicEdge.via", "tunnel", VIA),
  ...["tunnel", { target: "a.com" }, 7].map((via): Row => [
    `via: ${JSON.stringify(via)}`,
    { "publicEdge.hostnames.0": { host: "app.example.com", via } },
    typeof via === "object"
      ? [`${HOST_0}.via.cname`, "nothing", ofType("string")]
      : [`${HOST_0}.via`, JSON.stringify(via), VIA],
    ...(typeof via === "object" ? [[`${HOST_0}.via.target`, UNKNOWN_KEY, known("cname")] as const] : []),
  ]),
];
