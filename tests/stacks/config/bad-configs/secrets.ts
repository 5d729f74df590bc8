import { type Advice, CLIENT, encrypted, EXISTING, HIDDEN, ofType, type Row, TAILNET } from "./row.ts";

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
      fix: `pulumi config set --secret ${key}; then revoke the exposed value`,
    },
  ] as const;

/** Secrets in plain text or in the wrong place. */
export const SECRET_ROWS: readonly Row[] = [
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
    ["tailnet-edge:tailnet", "an encrypted value in a plain-text key", encryptedOnly],
  ],
  [
    "an encrypted value in a plain key",
    { "operator.hostname": encrypted("Not A Name") },
    ["tailnet-edge:operator", "an encrypted value in a plain-text key", encryptedOnly],
  ],
  [
    "an encrypted unknown key",
    { oauthClientSecret: encrypted("x") },
    ["tailnet-edge:oauthClientSecret", "an encrypted value in a plain-text key", encryptedOnly],
  ],
  [
    "a key as credential",
    { "operator.credential": "tskey-client-x" },
    ["tailnet-edge:operator.credential", HIDDEN, ofType("object")],
  ],
  [
    "a list of secrets as credential",
    { "operator.credential": [{ clientSecret: "x" }] },
    ["tailnet-edge:operator.credential", HIDDEN, ofType("object")],
  ],
  ["a key as name", { "tailnet.name": "tskey-auth-x" }, ["tailnet-edge:tailnet.name", HIDDEN, TAILNET]],
];
