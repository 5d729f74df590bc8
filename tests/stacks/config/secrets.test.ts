import { expect, test } from "vitest";
import { SECRET_KEYS, credentialIssues, secrecyIssues } from "../../../stacks/config/secrets.ts";

const secretFaultPaths = (values: Record<string, string>, encrypted: readonly string[] = []) =>
  secrecyIssues({ values, isSecret: (key) => encrypted.includes(key) }).map(({ path }) => path);

test("a secret in plain text is a issue; encrypted it is none, and empty it is not set", () => {
  const values = { "tailnet-edge:operatorClientId": "x", "cloudflare:apiToken": "x", "tailscale:apiKey": "" };
  expect(secretFaultPaths(values)).toEqual(["tailnet-edge:operatorClientId", "cloudflare:apiToken"]);
  expect(secretFaultPaths(values, Object.keys(values))).toEqual([]);
});

test("an encrypted value in a key of another namespace is nobody's business here", () => {
  const values = { "tailnet-edge:operator": "{}", "cloudflare:accountId": "x", "kubernetes:kubeconfig": "x" };
  expect(secretFaultPaths(values, Object.keys(values))).toEqual(["tailnet-edge:operator"]);
});

test.each(["~/.kube/config", "C:\\Users\\a\\config", "../kubeconfig.yaml"])(
  "%s is a kubeconfig's path",
  (path) => {
    expect(secretFaultPaths({ "kubernetes:kubeconfig": path })).toEqual([]);
  },
);

test.each([
  ["existing", [], SECRET_KEYS],
  ["existing", ["operatorClientId"], ["operatorClientSecret"]],
  ["existing", SECRET_KEYS, []],
  ["oauth", [], []],
  ["oauth", SECRET_KEYS, SECRET_KEYS],
  ["federated", ["operatorClientSecret"], ["operatorClientSecret"]],
  [undefined, SECRET_KEYS, []],
  [7, SECRET_KEYS, []],
])("with the credential %s and %j given, these are wrong: %j", (kind, given, wrong) => {
  const values = Object.fromEntries(given.map((key) => [`tailnet-edge:${key}`, "x"]));
  const issues = credentialIssues({ operator: { credential: { kind } } }, { values, isSecret: () => true });
  expect(issues.map(({ path }) => path)).toEqual(wrong.map((key) => `tailnet-edge:${key}`));
});
