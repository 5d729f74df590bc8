import { describe, expect, test } from "vitest";
import { basePolicyText } from "../../adopt/base-policy.ts";
import { missing } from "../../adopt/finding.ts";
import { nameConflict } from "../../adopt/tailnet-name.ts";
import { comparePolicy } from "../../adopt/tailnet-policy.ts";
import { compareCredential, compareSettings } from "../../adopt/tailnet-settings.ts";
import { UserError } from "../../components/config-issue.ts";
import { markPolicy } from "../../components/tailnet/policy/mark.ts";
import type { TailscaleDevice, TailscaleKey } from "../../live/tailscale-shapes.ts";
import { live, wanted } from "./wanted-resource.ts";

const key = (changes: Partial<TailscaleKey>): TailscaleKey => ({
  id: "k1",
  keyType: "client",
  scopes: ["auth_keys"],
  tags: ["tag:k8s-operator"],
  ...changes,
});

test("settings are taken over with what changes in them", () => {
  const resource = wanted("tailscale:index/tailnetSettings:TailnetSettings", { httpsEnabled: true });
  expect(compareSettings(resource, "settings", { httpsEnabled: false })).toMatchObject({
    importId: "tailnet_settings",
    changes: ["httpsEnabled: false -> true"],
  });
});

describe("a credential", () => {
  test("an OAuth client is created, and a client with the same tags is named", () => {
    const resource = wanted("tailscale:index/oauthClient:OauthClient", { tags: ["tag:k8s-operator"] });
    const others = [key({ id: "k2", tags: ["tag:ci"] }), key({ id: "k3", revoked: "2026-01-01" })];
    expect(compareCredential(resource, others)).toMatchObject({ kind: "missing" });
    expect(compareCredential(resource, others)).not.toHaveProperty("note");
    expect(compareCredential(resource, [...others, key({ description: "by hand" })])).toMatchObject({
      note: expect.stringContaining("k1 (by hand)") as string,
    });
  });

  test("a federated identity of the same issuer and subject is imported", () => {
    const inputs = { issuer: "https://issuer", subject: "sa:operator", tags: ["tag:k8s-operator"] };
    const resource = wanted("tailscale:index/federatedIdentity:FederatedIdentity", inputs);
    const same = key({ id: "f1", keyType: "federated", issuer: "https://issuer", subject: "sa:operator" });
    expect(compareCredential(resource, [same])).toMatchObject({ importId: "f1", changes: [] });
    expect(compareCredential(resource, [{ ...same, subject: "sa:other" }])).toMatchObject({
      kind: "missing",
    });
  });
});

describe("a name on the tailnet", () => {
  const ingress = (name: string, namespace = "traefik") => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace },
    spec: { ingressClassName: "tailscale", tls: [{ hosts: ["edge"] }] },
  });
  const resource = {
    ...wanted("kubernetes:networking.k8s.io/v1:Ingress", ingress("wanted")),
    name: "funnel",
  };
  const absent = missing(resource, "Ingress traefik/wanted");
  const device = { name: "edge.tail1.ts.net", hostname: "edge", addresses: [], tags: [] } as TailscaleDevice;

  test("of another Ingress of the namespace is a conflict that says which name to set", () => {
    expect(nameConflict(absent, [live(ingress("funnel"))], [device])).toMatchObject({
      issue: { fix: "to take it over, set publicEdge.funnel.ingressName: funnel" },
    });
    expect(nameConflict(absent, [live(ingress("funnel", "other"))], [])?.issue.fix).toMatch(
      /^delete Ingress other/,
    );
  });

  test("of a device is a conflict; a free one is none", () => {
    expect(nameConflict(absent, [], [device])?.issue.found).toContain("edge.tail1.ts.net");
    expect(nameConflict(absent, [], [{ ...device, name: "edge-1.tail1.ts.net" }])).toBeUndefined();
  });
});

describe("the policy", () => {
  const base = '{\n\t// Theirs\n\t"groups": {"group:ops": ["a@example.com"]}\n}\n';
  const full =
    '{\n\t// Theirs\n\t"groups": {"group:ops": ["a@example.com"]},\n\t"tagOwners": {"tag:k8s": []}\n}\n';
  const resource = wanted("tailscale:index/acl:Acl", { acl: markPolicy(full, "one") });

  test("is extended by the lines that the stack adds, and needs no import", () => {
    expect(comparePolicy(resource, full, undefined)).toMatchObject({ changes: [], importId: undefined });
    expect(comparePolicy(resource, base, undefined)).toMatchObject({
      importId: undefined,
      changes: ["added: tagOwners: tag:k8s: []", "the stack's mark is added as the first line"],
    });
  });

  test("that the program refuses is a conflict, and POLICY=write is the fix", () => {
    const issue = { path: "p", found: "lost: x", allowed: "y", fix: "z" };
    expect(comparePolicy(resource, base, new UserError("the tailnet's policy", [issue]))).toMatchObject({
      kind: "conflict",
      issue: { found: "lost: x", fix: expect.stringContaining("POLICY=write") as string },
    });
  });

  test("becomes the base policy byte for byte, if nothing of the present one is lost", () => {
    expect(basePolicyText(full, "base.hujson", undefined)).toEqual({ text: full });
    expect(basePolicyText(full, "base.hujson", base)).toEqual({ text: full });
  });

  test.each([
    ["an entry is missing", '{"groups": {"group:ops": []}}', base, "group:ops"],
    ["a comment is missing", full.replace("// Theirs", "// Others"), base, "comment: // Theirs"],
    ["it cannot be read", "{", undefined, "a live policy that cannot be read"],
    ["a stack wrote it", markPolicy(full, "two"), undefined, "stack two wrote"],
  ])("is not saved if %s", (_, policy, present, found) => {
    expect(basePolicyText(policy, "base.hujson", present)).toMatchObject({
      issue: { path: "base.hujson", found: expect.stringContaining(found) as string },
    });
  });
});
