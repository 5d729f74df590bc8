import { describe, expect, test } from "vitest";
import { UserError } from "../../../components/config-issue.ts";
import { OperatorCredential } from "../../../components/tailnet/operator-credential.ts";
import { buildPolicy } from "../../../components/tailnet/policy/policy.ts";
import { type PolicyKeeping, Tailnet } from "../../../components/tailnet/tailnet.ts";
import { record } from "../../../plan/recording/recorder.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../../plan/recording/recording.ts";
import { edge } from "./policy/sample-topology.ts";
import { DEFAULT_OPTIONS } from "../../support/recorded-resource.ts";

const TOPOLOGY = edge("alice@example.com");
const URN = "urn:pulumi:test::tailnet-edge::";
const STACK = `${URN}pulumi:pulumi:Stack::tailnet-edge-test`;
const TAILNET = `${URN}tailnet-edge:tailnet:Tailnet::ground`;
const child = (type: string, name: string) =>
  `${URN}tailnet-edge:tailnet:Tailnet$tailscale:index/${type}::${name}`;
const DNS = child("dnsPreferences:DnsPreferences", "ground-dns");
const SETTINGS = child("tailnetSettings:TailnetSettings", "ground-settings");
const POLICY = child("acl:Acl", "ground-policy");
const CLIENT = `${URN}tailnet-edge:tailnet:OperatorCredential$tailscale:index/oauthClient:OauthClient::login-client`;

/** Records a tailnet and an operator's credential that waits for it. */
function recordTailnet(policy: PolicyKeeping, answers: MockAnswers = {}): Promise<Recording> {
  return record({
    program: () => {
      const { ready } = new Tailnet("ground", { topology: TOPOLOGY, policy });
      const args = { source: { kind: "oauth", serial: 1 }, tag: "tag:k8s-operator" } as const;
      new OperatorCredential(
        "login",
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

/** Records what must fail, and names the types of the resources that were made before it did. */
async function recordRefused(policy: PolicyKeeping, call?: MockAnswers["call"]) {
  const made: string[] = [];
  const answers: MockAnswers = {
    newResource: ({ type, custom }) => {
      if (custom) made.push(type);
      return undefined;
    },
    ...(call && { call }),
  };
  const refused = await recordTailnet(policy, answers).then(
    () => expect.unreachable("it was not refused"),
    (error: unknown) => error,
  );
  return { made, refused };
}

const live =
  (hujson: string): NonNullable<MockAnswers["call"]> =>
  ({ token }) =>
    token === "tailscale:index/getAcl:getAcl" ? { hujson, json: "{}" } : undefined;

const dependenciesOf = ({ resources }: Recording, urn: string) =>
  resources.find((resource) => resource.urn === urn)?.dependsOn;

describe("a tailnet whose policy the stack manages", () => {
  test("is its DNS, its settings and its policy, and all three outlive the stack", async () => {
    const { resources, calls } = await recordTailnet({ mode: "managed" }, { call: live("{}") });
    const retained = { ...DEFAULT_OPTIONS, retainOnDelete: true };
    const own = resources.filter(({ urn, parent }) => urn === TAILNET || parent === TAILNET);
    expect(own).toEqual([
      {
        urn: TAILNET,
        type: "tailnet-edge:tailnet:Tailnet",
        name: "ground",
        parent: STACK,
        dependsOn: [],
        inputs: {},
        secretInputs: [],
        options: DEFAULT_OPTIONS,
      },
      {
        urn: DNS,
        type: "tailscale:index/dnsPreferences:DnsPreferences",
        name: "ground-dns",
        parent: TAILNET,
        dependsOn: [],
        inputs: { magicDns: true },
        secretInputs: [],
        options: retained,
      },
      {
        urn: POLICY,
        type: "tailscale:index/acl:Acl",
        name: "ground-policy",
        parent: TAILNET,
        dependsOn: [],
        inputs: { acl: buildPolicy(TOPOLOGY) },
        secretInputs: [],
        options: { ...retained, ignoreChanges: ["overwriteExistingContent"] },
      },
      {
        urn: SETTINGS,
        type: "tailscale:index/tailnetSettings:TailnetSettings",
        name: "ground-settings",
        parent: TAILNET,
        dependsOn: [DNS],
        inputs: { httpsEnabled: true },
        secretInputs: [],
        options: retained,
      },
    ]);
    expect(calls).toEqual([{ token: "tailscale:index/getAcl:getAcl", args: {} }]);
  });

  test.each([
    ["the same", buildPolicy(TOPOLOGY), true],
    ["the same but for white space", buildPolicy(TOPOLOGY).replaceAll("\n", "\r\n"), true],
    ["the same but for one comment", `${buildPolicy(TOPOLOGY)}// mine`, undefined],
    ["that of a new tailnet", '{"grants": [{"src": ["*"], "dst": ["*"], "ip": ["*"]}]}', undefined],
  ])("is written over a live policy only where that is the same: %s", async (_, hujson, overwrite) => {
    const { resources } = await recordTailnet({ mode: "managed" }, { call: live(hujson) });
    const policy = resources.find(({ urn }) => urn === POLICY);
    expect(policy?.inputs["overwriteExistingContent"]).toBe(overwrite);
  });

  test("is ready once all three are there", async () => {
    const recording = await recordTailnet({ mode: "managed" });
    expect(dependenciesOf(recording, CLIENT)).toEqual([POLICY, DNS, SETTINGS]);
  });

  test("writes the base file with what is missing", async () => {
    const base = { source: "base.hujson", text: '{\n\t// Ours.\n\t"hosts": {"h": "10.0.0.1"},\n}\n' };
    const { resources } = await recordTailnet({ mode: "managed", base }, { call: live("{}") });
    const policy = resources.find(({ urn }) => urn === POLICY);
    expect(policy?.inputs).toEqual({ acl: buildPolicy(TOPOLOGY, base) });
  });

  test("makes nothing at all when the base file contradicts the stack", async () => {
    const text = '{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}';
    const { made, refused } = await recordRefused({ mode: "managed", base: { source: "base.hujson", text } });
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).issues.map(({ path }) => path)).toEqual(["base.hujson: acls[0]"]);
    expect(made).toEqual([]);
  });
});

describe("a tailnet whose policy somebody else keeps", () => {
  test("reads the policy and writes none", async () => {
    const answers = { call: live(buildPolicy(TOPOLOGY)) };
    const recording = await recordTailnet({ mode: "verified" }, answers);
    expect(recording.calls).toEqual([{ token: "tailscale:index/getAcl:getAcl", args: {} }]);
    expect(recording.resources.filter(({ parent }) => parent === TAILNET).map(({ urn }) => urn)).toEqual([
      DNS,
      SETTINGS,
    ]);
    expect(dependenciesOf(recording, CLIENT)).toEqual([DNS, SETTINGS]);
  });

  test("is planned as it is while the policy cannot be read", async () => {
    const { resources } = await recordTailnet({ mode: "verified" });
    expect(resources.map(({ type }) => type)).not.toContain("tailscale:index/acl:Acl");
  });

  test("fails before there is a credential, with exactly the lines to add", async () => {
    const policy = `{
      "tagOwners": {"tag:k8s": ["tag:k8s-operator"], "tag:k8s-operator": []},
      "nodeAttrs": [{"target": ["autogroup:member"], "attr": ["funnel"]}],
      "grants": [{"src": ["alice@example.com"], "dst": ["tag:k8s"], "ip": ["tcp:443"]}],
    }`;
    const { made, refused } = await recordRefused({ mode: "verified" }, live(policy));
    expect(made.sort()).toEqual([
      "tailscale:index/dnsPreferences:DnsPreferences",
      "tailscale:index/tailnetSettings:TailnetSettings",
    ]);
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).message).toBe(`the tailnet's policy has one issue

  the live policy: nodeAttrs, tests
    found:   a policy without all that the stack needs
    allowed: tailnet-edge:tailnet.policy = verified: the policy is read, checked, and never written
    fix:     merge these lines into the policy where it is kept, then run this again
             {
             	"nodeAttrs": [{"target": ["tag:k8s"], "attr": ["funnel"]}],
             	"tests": [
             		{"src": "alice@example.com", "accept": ["tag:k8s:443"]},
             		{"src": "tag:k8s", "deny": ["tag:k8s-operator:443", "tag:k8s:443"]}
             	]
             }`);
  });
});
