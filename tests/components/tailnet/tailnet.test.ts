import { describe, expect, test } from "vitest";
import { UserError } from "../../../components/config-issue.ts";
import { OperatorCredential } from "../../../components/tailnet/operator-credential.ts";
import { checksum, markPolicy } from "../../../components/tailnet/policy/mark.ts";
import { buildPolicy } from "../../../components/tailnet/policy/policy.ts";
import { type PolicyMode, Tailnet } from "../../../components/tailnet/tailnet.ts";
import { record } from "../../../plan/recording/recorder.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../../plan/recording/recording.ts";
import { DEFAULT_POLICY } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { DEFAULT_OPTIONS } from "../../support/recorded-resource.ts";
import { edge } from "./policy/sample-topology.ts";

const TOPOLOGY = edge("alice@example.com");
const MANAGED = { mode: "managed", stack: "test" } as const;
const URN = "urn:pulumi:test::tailnet-edge::";
const STACK = `${URN}pulumi:pulumi:Stack::tailnet-edge-test`;
const TAILNET = `${URN}tailnet-edge:tailnet:Tailnet::tailnet`;
const child = (type: string, name: string) =>
  `${URN}tailnet-edge:tailnet:Tailnet$tailscale:index/${type}::${name}`;
const DNS = child("dnsPreferences:DnsPreferences", "tailnet-dns");
const SETTINGS = child("tailnetSettings:TailnetSettings", "tailnet-settings");
const POLICY = child("acl:Acl", "tailnet-policy");
const CLIENT = `${URN}tailnet-edge:tailnet:OperatorCredential$tailscale:index/oauthClient:OauthClient::operator-client`;

/** Records a tailnet and an operator's credential that depends on it. */
function recordTailnet(policy: PolicyMode, answers: MockAnswers = {}): Promise<Recording> {
  return record({
    program: () => {
      const { ready } = new Tailnet("tailnet", { topology: TOPOLOGY, policy });
      const args = { source: { kind: "oauth", serial: 1 }, tag: "tag:k8s-operator" } as const;
      new OperatorCredential(
        "operator",
        { ...args, description: "operator", namespace: "tailscale" },
        { dependsOn: ready },
      );
    },
    project: "tailnet-edge",
    stack: "test",
    config: {},
    secretKeys: [],
    answers,
  });
}

/** Records a program that must fail, and the types of the resources that it created before. */
async function recordRejected(policy: PolicyMode, call?: MockAnswers["call"]) {
  const created: string[] = [];
  const answers: MockAnswers = {
    newResource: ({ type, custom }) => {
      if (custom) created.push(type);
      return undefined;
    },
    ...(call && { call }),
  };
  const error = await recordTailnet(policy, answers).then(
    () => expect.unreachable("it was not rejected"),
    (reason: unknown) => reason,
  );
  return { created, error };
}

const live =
  (hujson: string): NonNullable<MockAnswers["call"]> =>
  ({ token }) =>
    token === "tailscale:index/getAcl:getAcl" ? { hujson, json: "{}" } : undefined;

const dependenciesOf = ({ resources }: Recording, urn: string) =>
  resources.find((resource) => resource.urn === urn)?.dependsOn;

describe("a tailnet whose policy the stack manages", () => {
  test("creates DNS preferences, settings and the policy, and retains all three on destroy", async () => {
    const { resources, calls } = await recordTailnet(MANAGED, { call: live("{}") });
    const retained = { ...DEFAULT_OPTIONS, retainOnDelete: true };
    const own = resources.filter(({ urn, parent }) => urn === TAILNET || parent === TAILNET);
    expect(own).toEqual([
      {
        urn: TAILNET,
        type: "tailnet-edge:tailnet:Tailnet",
        name: "tailnet",
        parent: STACK,
        dependsOn: [],
        inputs: {},
        secretInputs: [],
        options: DEFAULT_OPTIONS,
      },
      {
        urn: DNS,
        type: "tailscale:index/dnsPreferences:DnsPreferences",
        name: "tailnet-dns",
        parent: TAILNET,
        dependsOn: [],
        inputs: { magicDns: true },
        secretInputs: [],
        options: retained,
      },
      {
        urn: POLICY,
        type: "tailscale:index/acl:Acl",
        name: "tailnet-policy",
        parent: TAILNET,
        dependsOn: [],
        inputs: { acl: markPolicy(buildPolicy(TOPOLOGY), "test"), overwriteExistingContent: true },
        secretInputs: [],
        options: { ...retained, ignoreChanges: ["overwriteExistingContent"] },
      },
      {
        urn: SETTINGS,
        type: "tailscale:index/tailnetSettings:TailnetSettings",
        name: "tailnet-settings",
        parent: TAILNET,
        dependsOn: [DNS],
        inputs: { httpsEnabled: true },
        secretInputs: [],
        options: retained,
      },
    ]);
    expect(calls).toEqual([{ token: "tailscale:index/getAcl:getAcl", args: {} }]);
  });

  const own = markPolicy(buildPolicy(TOPOLOGY), "test");
  test.each([
    ["the same policy", own],
    ["the same without the mark, as an older version wrote it", buildPolicy(TOPOLOGY)],
    ["the same except for white space", own.replaceAll("\n", "\r\n")],
    ["its own policy with other settings, unchanged", markPolicy('{"hosts": {"h": "10.0.0.1"}}', "test")],
    ["somebody else's, with no entry that this one lacks", '{"grants": []} // mine'],
  ])("overwrites a live policy that loses nothing: %s", async (_, hujson) => {
    const { resources } = await recordTailnet(MANAGED, { call: live(hujson) });
    const policy = resources.find(({ urn }) => urn === POLICY);
    expect(policy?.inputs).toEqual({ acl: own, overwriteExistingContent: true });
  });

  test.each([
    ["the policy of a new tailnet", DEFAULT_POLICY, "lost: grants: * → * on all ports"],
    ["its own policy, with one more comment", `${own}// mine`, "lost: comment: // mine"],
    [
      "another stack's policy",
      markPolicy('{"hosts": {"h": "10.0.0.1"}}', "other"),
      'lost: hosts: h: "10.0.0.1"',
    ],
  ])("rejects an overwrite that loses something: %s", async (_, hujson, lost) => {
    const { created, error } = await recordRejected(MANAGED, live(hujson));
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).issues.map(({ found }) => found)).toEqual([expect.stringContaining(lost)]);
    expect(created).not.toContain("tailscale:index/acl:Acl");
  });

  test("overwrites a live policy whose checksum the user accepted", async () => {
    const replaces = checksum(DEFAULT_POLICY);
    const { resources } = await recordTailnet({ ...MANAGED, replaces }, { call: live(DEFAULT_POLICY) });
    const policy = resources.find(({ urn }) => urn === POLICY);
    expect(policy?.inputs).toEqual({
      acl: markPolicy(buildPolicy(TOPOLOGY), "test", replaces),
      overwriteExistingContent: true,
    });
  });

  test("is ready once all three exist", async () => {
    const recording = await recordTailnet(MANAGED);
    expect(dependenciesOf(recording, CLIENT)).toEqual([POLICY, DNS, SETTINGS]);
  });

  test("writes the base file, extended by what it lacks", async () => {
    const base = { source: "base.hujson", text: '{\n\t// Ours.\n\t"hosts": {"h": "10.0.0.1"},\n}\n' };
    const { resources } = await recordTailnet({ ...MANAGED, base }, { call: live("{}") });
    const policy = resources.find(({ urn }) => urn === POLICY);
    expect(policy?.inputs).toEqual({
      acl: markPolicy(buildPolicy(TOPOLOGY, base), "test"),
      overwriteExistingContent: true,
    });
  });

  test("creates nothing when the base file contradicts the stack", async () => {
    const text = '{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}';
    const { created, error } = await recordRejected({ ...MANAGED, base: { source: "base.hujson", text } });
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).issues.map(({ path }) => path)).toEqual(["base.hujson: acls[0]"]);
    expect(created).toEqual([]);
  });
});

describe("a tailnet whose policy the stack only verifies", () => {
  test("reads the policy and does not write it", async () => {
    const answers = { call: live(buildPolicy(TOPOLOGY)) };
    const recording = await recordTailnet({ mode: "verified" }, answers);
    expect(recording.calls).toEqual([{ token: "tailscale:index/getAcl:getAcl", args: {} }]);
    expect(recording.resources.filter(({ parent }) => parent === TAILNET).map(({ urn }) => urn)).toEqual([
      DNS,
      SETTINGS,
    ]);
    expect(dependenciesOf(recording, CLIENT)).toEqual([DNS, SETTINGS]);
  });

  test("plans without the check while the policy cannot be read", async () => {
    const { resources } = await recordTailnet({ mode: "verified" });
    expect(resources.map(({ type }) => type)).not.toContain("tailscale:index/acl:Acl");
  });

  test("fails before it creates a credential, with exactly the lines to add", async () => {
    const policy = `{
      "tagOwners": {"tag:k8s": ["tag:k8s-operator"], "tag:k8s-operator": []},
      "nodeAttrs": [{"target": ["autogroup:member"], "attr": ["funnel"]}],
      "grants": [{"src": ["alice@example.com"], "dst": ["tag:k8s"], "ip": ["tcp:443"]}],
    }`;
    const { created, error } = await recordRejected({ mode: "verified" }, live(policy));
    expect(created.sort()).toEqual([
      "tailscale:index/dnsPreferences:DnsPreferences",
      "tailscale:index/tailnetSettings:TailnetSettings",
    ]);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(`the tailnet's policy has 1 issue

  the live policy: nodeAttrs, tests
    found:   a policy that lacks what the stack needs
    allowed: a complete policy: with tailnet-edge:tailnet.policy = verified the stack reads it and never writes it
    fix:     merge these lines into the policy where you manage it, then run this again
             {
             	"nodeAttrs": [{"target": ["tag:k8s"], "attr": ["funnel"]}],
             	"tests": [
             		{"src": "alice@example.com", "accept": ["tag:k8s:443"]},
             		{"src": "tag:k8s", "deny": ["tag:k8s-operator:443", "tag:k8s:443"]}
             	]
             }`);
  });
});
