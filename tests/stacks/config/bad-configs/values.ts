import { CHART_VERSION } from "../../../../components/operator/chart-version.ts";
import { field, HOST_0, hostname, ofType, type Row, TAILNET, UNKNOWN_KEY, wholeNumber } from "./row.ts";

const NAME = {
  allowed:
    "a full hostname: lowercase letters, digits and hyphens; at most 63 characters per label, 253 in total",
  fix: "write it as browsers send it, such as app.example.com: no scheme, port, path or trailing dot",
};
const EXACT_NAME = {
  allowed: "one exact name: only listed hostnames are published",
  fix: "list each hostname separately",
};
const NO_TS_NET = {
  allowed: "a name in a Cloudflare zone; ts.net names belong to Tailscale",
  fix: "use the public hostname; the stack reads the Funnel's ts.net name from the cluster",
};
const LABEL = {
  allowed: "1 to 63 lowercase letters, digits and hyphens; no hyphen at either end, no dot",
  fix: "use only the first label, such as ozilab-edge",
};
const TAG = {
  allowed: "tag:<name>, where the name starts with a letter and has only letters, digits and hyphens",
  fix: "write it as in the policy, such as tag:k8s",
};
const SOURCE = {
  allowed:
    "a user (alice@example.com), group:<name>, tag:<name>, or an autogroup of people (autogroup:member)",
  fix: "name who needs access; * and autogroup:tagged would admit the proxies that face the internet",
};
const VERSION = {
  allowed: `one exact version, such as ${CHART_VERSION}: no leading v, no range`,
  fix: "pin a release of the chart tailscale-operator",
};
const CHART = {
  allowed:
    "https://<repository>, oci://<registry>/<chart>, or the path of a chart's folder or archive; no password in it",
  fix: "use one of these; the version belongs in operator.chartVersion, a registry's credentials in Helm's own configuration",
};
const HTTPS = {
  allowed: "a URL that starts with https:// and has no user name or password",
  fix: "write the whole URL",
};
const ONE_ENTRY = { allowed: "at least 1 entry", fix: "add an entry" };
const LONG_LABEL = `${"a".repeat(64)}.example.com`;
const LONG_NAME = `${"abcdefg.".repeat(31)}example.com`;

const OBJECT_NAME = {
  allowed: "1 to 253 lowercase letters, digits, hyphens and dots; a letter or a digit at either end",
  fix: "write it as kubectl get prints it",
};
const REGISTRY = {
  allowed: "a registry's host, with port and path if it has them, such as registry.example.com/docker-hub",
  fix: "write it as in an image's name, without the image: no scheme, user, tag or trailing slash",
};

const VARIABLE = {
  allowed: "letters, digits and underscores, not starting with a digit, TS_ or EXPERIMENTAL_",
  fix: "rename or remove it; the operator sets Tailscale's own variables",
};
const QUANTITY = {
  allowed: "a Kubernetes quantity as text, such as 100m, 0.5 or 64Mi",
  fix: "write a number and a unit, in quotes if there is no unit",
};
const REMOVE = "remove it, or move it to where it belongs";

/** Values of the right type that a field does not allow. */
export const VALUE_ROWS: readonly Row[] = [
  // The operator's images and pod.
  ...["https://mirror.example.com", "mirror.example.com/", "mirror.example.com/a:v1", ""].map((value) =>
    field("operator.registry", value, REGISTRY),
  ),
  field("operator.priorityClass", "System", {
    ...OBJECT_NAME,
    allowed: `${OBJECT_NAME.allowed}; or empty for none`,
  }),
  field("operator.proxyClass", "Small", OBJECT_NAME),
  [
    "a ProxyClass with a mistake in each field",
    {
      proxyClasses: [
        {
          name: "Small",
          image: "tailscale/tailscale:stable",
          pullSecrets: ["Mirror"],
          env: { TS_USERSPACE: "true", "a-b": "c" },
          resources: { requests: { cpu: "50 milli" }, limits: { memory: -1 } },
          tolerations: [{ operator: "In", tolerationSeconds: -1, taint: "infra" }],
          priorityClass: "",
          metrics: { serviceMonitor: { labels: { release: 1 } }, port: 9002 },
        },
      ],
    },
    ...(
      [
        ["name", '"Small"', OBJECT_NAME],
        [
          "image",
          '"tailscale/tailscale:stable"',
          {
            allowed: `an image with the tag of one version, such as tailscale/tailscale:v${CHART_VERSION}`,
            fix: "pin the operator's version: stable, latest and unstable change in a running cluster",
          },
        ],
        ["pullSecrets[0]", '"Mirror"', OBJECT_NAME],
        ["env.TS_USERSPACE", '"TS_USERSPACE"', VARIABLE],
        ['env["a-b"]', '"a-b"', VARIABLE],
        ["resources.requests.cpu", '"50 milli"', QUANTITY],
        ["resources.limits.memory", "-1", wholeNumber(", 0 or more")],
        ["tolerations[0].operator", '"In"', { allowed: "Equal, Exists", fix: "choose one of these" }],
        ["tolerations[0].tolerationSeconds", "-1", wholeNumber(", 0 or more")],
        [
          "tolerations[0].taint",
          UNKNOWN_KEY,
          { allowed: "key, operator, value, effect, tolerationSeconds", fix: REMOVE },
        ],
        ["priorityClass", '""', OBJECT_NAME],
        ["metrics.serviceMonitor.labels.release", "1", ofType("string")],
        ["metrics.port", UNKNOWN_KEY, { allowed: "serviceMonitor", fix: REMOVE }],
      ] as const
    ).map(([path, found, advice]) => [`tailnet-edge:proxyClasses[0].${path}`, found, advice] as const),
  ],
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
    "a wildcard with a via",
    { "publicEdge.hostnames.0": { host: "*.example.com", via: "cname-only" } },
    [`${HOST_0}.host`, '"*.example.com"', EXACT_NAME],
  ],
  [
    "the Funnel as a target",
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

  ...["default", "kube-system"].map((name) =>
    field("operator.namespace", name, {
      allowed:
        "a namespace for the operator alone: the stack creates it, and deletes it with everything in it. Every cluster needs default and kube-*",
      fix: "choose an unused name, such as tailscale",
    }),
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
  field("publicEdge.funnel.backend.port", 0, wholeNumber(" from 1 to 65535")),
  field("publicEdge.funnel.backend.port", 65536, wholeNumber(" from 1 to 65535")),
  field("publicEdge.funnel.backend.port", 443.5, wholeNumber(" from 1 to 65535")),
  field("publicEdge.funnel.backend.port", "443", ofType("number")),
  field("operator.credential.serial", 0, wholeNumber(", 1 or more")),

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
      { allowed: "a path that is not empty", fix: "set it, or remove the key" },
    ],
  ],
  // The Worker's origins.
  ...[
    "edge.example.com",
    "edge",
    "tail1234.ts.net",
    "https://edge.tail1234.ts.net",
    "Edge.tail1234.ts.net",
  ].map((name): Row => [
    `origin ${name}`,
    { "publicEdge.worker": { origins: [name] }, "publicEdge.via": "worker" },
    [
      "tailnet-edge:publicEdge.worker.origins[0]",
      JSON.stringify(name),
      {
        allowed: "a Funnel's full ts.net name, such as other-edge.tail1234.ts.net",
        fix: "copy funnel.actual from the outputs of the other cluster's stack",
      },
    ],
  ]),
];
