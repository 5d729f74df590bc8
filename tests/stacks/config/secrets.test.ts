import { expect, test } from "vitest";
import { credentialIssues, secrecyIssues, SECRET_KEYS } from "../../../stacks/config/secrets.ts";

const secrecyPaths = (values: Record<string, string>, encrypted: readonly string[] = []) =>
  secrecyIssues({ values, isSecret: (key) => encrypted.includes(key) }).map(({ path }) => path);

test("reports a secret in plain text, but neither an encrypted nor an empty one", () => {
  const values = { "tailnet-edge:operatorClientId": "x", "cloudflare:apiToken": "x", "tailscale:apiKey": "" };
  expect(secrecyPaths(values)).toEqual(["tailnet-edge:operatorClientId", "cloudflare:apiToken"]);
  expect(secrecyPaths(values, Object.keys(values))).toEqual([]);
});

test("ignores encrypted values in other namespaces", () => {
  const values = { "tailnet-edge:operator": "{}", "cloudflare:accountId": "x", "kubernetes:kubeconfig": "x" };
  expect(secrecyPaths(values, Object.keys(values))).toEqual(["tailnet-edge:operator"]);
});

test.each(["~/.kube/config", "C:\\Users\\a\\config", "../kubeconfig.yaml"])(
  "accepts %s as the path of a kubeconfig",
  (path) => {
    expect(secrecyPaths({ "kubernetes:kubeconfig": path })).toEqual([]);
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
  [null, SECRET_KEYS, []],
])("with credential kind %s and the secrets %j, reports %j", (kind, given, wrong) => {
  const values = Object.fromEntries(given.map((key) => [`tailnet-edge:${key}`, "x"]));
  const issues = credentialIssues(kind, { values, isSecret: () => true });
  expect(issues.map(({ path }) => path)).toEqual(wrong.map((key) => `tailnet-edge:${key}`));
});
