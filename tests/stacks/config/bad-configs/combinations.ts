import { type Advice, CLIENT, EXISTING, HIDDEN, HOST_0, hostname, once, type Row } from "./row.ts";

const MISSING_FILE: Advice = {
  allowed: "the path of a HuJSON file, relative to the project's folder",
  fix: "fix the path, or remove basePolicy to start from an empty policy",
};
const clientSecrets = (fix: string): Advice => ({
  allowed: "both client secrets with operator.credential.kind: existing, none with another kind",
  fix,
});

const OTHER_FUNNEL = "other-edge.tail1234.ts.net";
const OWN_FUNNEL = "ozilab-edge.tail1234.ts.net";

/** Fields that are valid alone and contradict each other, a secret, or the disk. */
export const COMBINATION_ROWS: readonly Row[] = [
  [
    "a missing base policy file",
    { "tailnet.basePolicy": "stacks/none.hujson" },
    [
      "tailnet-edge:tailnet.basePolicy",
      '"stacks/none.hujson", which cannot be read as a file (ENOENT)',
      MISSING_FILE,
    ],
  ],
  [
    "a key as base policy",
    { "tailnet.basePolicy": "tskey-auth-x" },
    ["tailnet-edge:tailnet.basePolicy", `${HIDDEN}, which cannot be read as a file (ENOENT)`, MISSING_FILE],
  ],
  [
    "a base policy with policy: verified",
    { "tailnet.policy": "verified" },
    [
      "tailnet-edge:tailnet.basePolicy",
      '"stacks/ozilab.policy.hujson", with policy: verified',
      {
        allowed: "a base policy only with policy: managed; with policy: verified, the tailnet has the policy",
        fix: "remove basePolicy, or set policy: managed in the one stack that owns the tailnet's policy",
      },
    ],
  ],
  [
    "a policy to replace with policy: verified",
    {
      "tailnet.policy": "verified",
      "tailnet.basePolicy": undefined,
      "tailnet.replacePolicy": "sha256:0123456789abcdef",
    },
    [
      "tailnet-edge:tailnet.replacePolicy",
      '"sha256:0123456789abcdef", with policy: verified',
      {
        allowed: "replacePolicy only with policy: managed; with policy: verified, the stack writes no policy",
        fix: "remove replacePolicy",
      },
    ],
  ],
  [
    "the name of a Secret with a federated credential",
    {
      "operator.credential": { kind: "federated", issuer: "https://issuer.example.com" },
      "operator.secretName": "tailscale-oauth",
    },
    [
      "tailnet-edge:operator.secretName",
      '"tailscale-oauth", with credential.kind: federated',
      {
        allowed: "a name only for a Secret with a key; a federated credential has none",
        fix: "remove secretName",
      },
    ],
  ],
  [
    "one name for two devices",
    { "publicEdge.funnel.hostname": "ozilab-operator" },
    [
      "tailnet-edge:publicEdge.funnel.hostname",
      '"ozilab-operator", which is also tailnet-edge:operator.hostname',
      {
        allowed: "a unique hostname for each device: Tailscale renames the second device with the same name",
        fix: "rename or remove one of the two",
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
          "tags that only proxies have: a proxy that faces the internet must not have the operator's permissions",
        fix: "give the proxies their own tag, such as tag:k8s",
      },
    ],
  ],
  [
    "the operator in its backend's namespace",
    { "operator.namespace": "traefik" },
    [
      "tailnet-edge:operator.namespace",
      '"traefik", which is also the namespace of the Funnel\'s backend',
      {
        allowed:
          "a namespace for the operator alone: the stack creates it, and deletes it with everything in it",
        fix: "choose an unused name, such as tailscale",
      },
    ],
  ],
  [
    "chart values that contradict other settings, all at once",
    {
      "operator.registry": "mirror.example.com",
      "operator.pullSecrets": ["mirror"],
      "operator.proxyClass": "small",
      "operator.values": {
        operatorConfig: {
          hostname: "other",
          defaultTags: ["tag:k8s-operator"],
          image: { repository: "mirror.example.com/tailscale/k8s-operator", tag: "v1.2.3" },
          extraEnv: [
            { name: "HTTPS_PROXY", value: "http://proxy:3128" },
            { name: "PROXY_TAGS", value: "a" },
          ],
          podAnnotations: "none",
        },
        proxyConfig: null,
        imagePullSecrets: [],
        oauth: { clientId: "x" },
        resources: {},
      },
    },
    [
      "tailnet-edge:operator.values.operatorConfig.hostname",
      '"other", which contradicts operator.hostname',
      {
        allowed: 'values that no other setting decides; operator.hostname makes this one "ozilab-operator"',
        fix: "remove it, and set operator.hostname",
      },
    ],
    [
      "tailnet-edge:operator.values.proxyConfig",
      "null, which contradicts operator.proxyTags",
      {
        allowed: "values that no other setting decides; operator.proxyTags decides this one",
        fix: "remove it, and set operator.proxyTags",
      },
    ],
    [
      "tailnet-edge:operator.values.imagePullSecrets",
      "a value that is not shown because it may be a secret, which contradicts operator.pullSecrets",
      {
        allowed:
          'values that no other setting decides; operator.pullSecrets makes this one [{"name":"mirror"}]',
        fix: "remove it, and set operator.pullSecrets",
      },
    ],
    [
      "tailnet-edge:operator.values.oauth",
      '{"clientId":"x"}, which contradicts operator.credential',
      {
        allowed: "values that no other setting decides; operator.credential decides this one",
        fix: "remove it, and set operator.credential",
      },
    ],
    [
      "tailnet-edge:operator.values.operatorConfig.podAnnotations",
      '"none", which contradicts the stack\'s own annotation',
      {
        allowed: "values that no other setting decides; the stack's own annotation decides this one",
        fix: "remove it",
      },
    ],
    [
      "tailnet-edge:operator.values.operatorConfig.extraEnv[1]",
      '"PROXY_TAGS", which contradicts operator.proxyTags',
      {
        allowed: "values that no other setting decides; operator.proxyTags decides this one",
        fix: "remove it, and set operator.proxyTags",
      },
    ],
  ],
  ...["app.example.org", "notexample.com", "com.example"].map((name): Row =>
    hostname(name, {
      allowed: "a name in one of the declared zones: example.com",
      fix: "fix the name, or add its zone to publicEdge.zones",
    }),
  ),
  [
    "a hostname twice, in both forms",
    { "publicEdge.hostnames": ["app.example.com", "b.example.com", { host: "app.example.com" }] },
    ["tailnet-edge:publicEdge.hostnames[2]", `"app.example.com", which is also ${HOST_0}`, once("hostname")],
  ],
  [
    "a zone three times",
    { "publicEdge.zones": ["example.com", "example.com", "example.com"] },
    [
      "tailnet-edge:publicEdge.zones[1]",
      '"example.com", which is also tailnet-edge:publicEdge.zones[0]',
      once("zone"),
    ],
    [
      "tailnet-edge:publicEdge.zones[2]",
      '"example.com", which is also tailnet-edge:publicEdge.zones[0]',
      once("zone"),
    ],
  ],
  [
    "a hostname that points to itself",
    { "publicEdge.hostnames.0": { host: "app.example.com", via: { cname: "app.example.com" } } },
    [
      `${HOST_0}.via.cname`,
      '"app.example.com"',
      {
        allowed: "a target other than the hostname itself",
        fix: "set the name that the record must point to",
      },
    ],
  ],
  [
    "a default via that points a hostname to itself",
    { "publicEdge.via": { cname: "app.example.com" } },
    [
      "tailnet-edge:publicEdge.via.cname",
      '"app.example.com"',
      {
        allowed: "a target other than the hostnames that have no via of their own",
        fix: "set the name that the record must point to",
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
  [
    "an origin listed twice, and this stack's own Funnel as an origin",
    {
      "publicEdge.via": "worker",
      "publicEdge.worker": { origins: [OTHER_FUNNEL, OTHER_FUNNEL, OWN_FUNNEL] },
    },
    [
      "tailnet-edge:publicEdge.worker.origins[1]",
      `"${OTHER_FUNNEL}", which is also tailnet-edge:publicEdge.worker.origins[0]`,
      once("Funnel"),
    ],
    [
      "tailnet-edge:publicEdge.worker.origins[2]",
      `"${OWN_FUNNEL}", which is this stack's own Funnel`,
      {
        allowed: "Funnels of other clusters; this stack's Funnel is always the first origin",
        fix: "remove it",
      },
    ],
  ],
  [
    "an origin lock with other clusters' Funnels",
    {
      "publicEdge.originLock": { enforce: false },
      "publicEdge.via": "worker",
      "publicEdge.worker": { origins: [OTHER_FUNNEL] },
    },
    [
      "tailnet-edge:publicEdge.originLock",
      "an origin lock, with publicEdge.worker.origins",
      {
        allowed:
          "an origin lock, or other clusters' Funnels: their Traefik does not know this stack's secret",
        fix: "remove originLock or worker.origins",
      },
    ],
  ],
  [
    "origins without a hostname that uses the Worker",
    { "publicEdge.worker": { origins: [OTHER_FUNNEL] } },
    [
      "tailnet-edge:publicEdge.worker.origins",
      "origins of a Worker, but no hostname uses the Worker",
      {
        allowed: "only with a hostname whose via is worker or auto",
        fix: "set via: worker for the hostnames that the other clusters also serve, or remove origins",
      },
    ],
  ],
];
