import type { ConfigIssue } from "../../../../components/config-issue.ts";

export type Advice = Pick<ConfigIssue, "allowed" | "fix">;

/** Changes to the stack ozilab's configuration, and every issue that they cause. */
export type Row = readonly [
  name: string,
  changes: Readonly<Record<string, unknown>>,
  ...issues: (readonly [path: string, found: string, advice: Advice])[],
];

export const TAILNET = {
  allowed: "the tailnet's DNS name, such as tail1234.ts.net or yak-bebop.ts.net",
  fix: "copy it from the DNS page of the Tailscale admin console",
};

export const once = (name: string): Advice => ({
  allowed: `each ${name} once`,
  fix: "rename or remove one of the two",
});

export const ofType = (type: string): Advice => ({
  allowed: `a value of type ${type}`,
  fix: "see the key's description in Pulumi.yaml",
});

export const wholeNumber = (range: string): Advice => ({
  allowed: `a whole number${range}`,
  fix: "write a whole number in this range",
});

export const UNKNOWN_KEY = "an unknown key";

export const HIDDEN = "a value that is not shown because it may be a secret";

export const encrypted = (secret: string) => ({ secure: secret });

export const EXISTING = { "operator.credential": { kind: "existing" } };

export const CLIENT = {
  "tailnet-edge:operatorClientId": encrypted("client-id"),
  "tailnet-edge:operatorClientSecret": encrypted("client-secret"),
};

export const HOST_0 = "tailnet-edge:publicEdge.hostnames[0]";

export const hostname = (found: string, advice: Advice): Row => [
  `hostname ${found}`,
  { "publicEdge.hostnames.0": found },
  [HOST_0, JSON.stringify(found), advice],
];

export const field = (path: string, value: unknown, advice: Advice): Row => [
  `${path}: ${JSON.stringify(value)}`,
  { [path]: value },
  [
    `tailnet-edge:${path.replaceAll(/\.(\d+)/g, "[$1]")}`,
    value === undefined ? "nothing" : JSON.stringify(value),
    advice,
  ],
];
