import * as pulumi from "@pulumi/pulumi";
import { DnsPreferences } from "@pulumi/tailscale/dnsPreferences.js";
import { describe, expect, test } from "vitest";
import {
  type CredentialSource,
  OperatorCredential,
  type OperatorCredentials,
} from "../../../components/tailnet/operator-credential.ts";
import { record } from "../../../plan/recording/recorder.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../../plan/recording/recording.ts";
import { DEFAULT_OPTIONS } from "../../support/recorded-resource.ts";

const URN = "urn:pulumi:test::tailnet-edge::";
const STACK = `${URN}pulumi:pulumi:Stack::tailnet-edge-test`;
const CREDENTIAL = `${URN}tailnet-edge:tailnet:OperatorCredential::operator`;
const PREREQUISITE = `${URN}tailscale:index/dnsPreferences:DnsPreferences::prerequisite`;

const COMPONENT = {
  urn: CREDENTIAL,
  type: "tailnet-edge:tailnet:OperatorCredential",
  name: "operator",
  parent: STACK,
  inputs: {},
  secretInputs: [],
  options: DEFAULT_OPTIONS,
};

const GRANTED = {
  description: "ozilab-operator",
  scopes: ["auth_keys", "devices:core", "services"],
  tags: ["tag:k8s-operator"],
};

/** Records an operator's credential that depends on another resource. */
async function recordCredential(source: () => CredentialSource, answers: MockAnswers = {}) {
  const created: OperatorCredentials[] = [];
  const recording = await record({
    program: () => {
      const prerequisite = new DnsPreferences("prerequisite", { magicDns: true });
      const args = { tag: "tag:k8s-operator", description: "ozilab-operator", namespace: "tailscale" };
      const credential = new OperatorCredential(
        "operator",
        { source: source(), ...args },
        { dependsOn: prerequisite },
      );
      created.push(credential.credentials);
    },
    project: "tailnet-edge",
    stack: "test",
    config: {},
    secretKeys: [],
    answers,
  });
  const [credentials] = created;
  if (credentials === undefined) return expect.unreachable("the program did not run");
  return { recording, credentials };
}

/** The credential's own resources. */
const ownOf = ({ resources }: Recording) =>
  resources.filter(({ urn }) => urn !== STACK && urn !== PREREQUISITE);

const ANSWERS: MockAnswers = {
  newResource: ({ name }) => ({
    id: `${name}-id`,
    state: { key: "tskey-client-1", audience: "api.tailscale.com/1" },
  }),
};

/** An Output's value, and whether it is secret. */
async function settled(output: pulumi.Output<string>) {
  const secret = await pulumi.isSecret(output);
  return new Promise((resolve) => {
    pulumi.unsecret(output).apply((value) => {
      resolve({ value, secret });
    });
  });
}

describe("an OAuth client that the stack creates", () => {
  const oauth = (serial: number) => () => ({ kind: "oauth", serial }) as const;

  test("has the least scopes, the operator's tag, and the credential's dependencies", async () => {
    const { recording } = await recordCredential(oauth(7));
    expect(ownOf(recording)).toEqual([
      { ...COMPONENT, dependsOn: [PREREQUISITE] },
      {
        urn: `${URN}tailnet-edge:tailnet:OperatorCredential$tailscale:index/oauthClient:OauthClient::operator-client`,
        type: "tailscale:index/oauthClient:OauthClient",
        name: "operator-client",
        parent: CREDENTIAL,
        dependsOn: [PREREQUISITE],
        inputs: GRANTED,
        secretInputs: [],
        options: { ...DEFAULT_OPTIONS, replacementTrigger: 7 },
      },
    ]);
    expect(recording.calls).toEqual([]);
  });

  test("is replaced only when the serial changes, the new client first", async () => {
    const [first, second] = [await recordCredential(oauth(1)), await recordCredential(oauth(2))];
    const withoutTrigger = ({ recording }: typeof first) =>
      ownOf(recording).map(({ options, ...resource }) => ({
        ...resource,
        options: { ...options, replacementTrigger: undefined },
      }));
    expect(withoutTrigger(second)).toEqual(withoutTrigger(first));
    const optionsOf = ({ recording }: typeof first) => ownOf(recording).map(({ options }) => options);
    expect([optionsOf(first)[1], optionsOf(second)[1]]).toEqual([
      { ...DEFAULT_OPTIONS, replacementTrigger: 1 },
      { ...DEFAULT_OPTIONS, replacementTrigger: 2 },
    ]);
  });

  test("marks its key as secret", async () => {
    const { credentials } = await recordCredential(oauth(1), ANSWERS);
    if (credentials.kind !== "key") return expect.unreachable("a client without a key");
    expect(await settled(credentials.clientId)).toEqual({ value: "operator-client-id", secret: false });
    expect(await settled(credentials.clientSecret)).toEqual({ value: "tskey-client-1", secret: true });
  });
});

describe("a federated identity", () => {
  const federated = () => ({ kind: "federated", issuer: "https://oidc.example.com" }) as const;

  test("has the same scopes and tag, limited to the operator's service account", async () => {
    const { recording } = await recordCredential(federated);
    expect(ownOf(recording)).toEqual([
      { ...COMPONENT, dependsOn: [PREREQUISITE] },
      {
        urn: `${URN}tailnet-edge:tailnet:OperatorCredential$tailscale:index/federatedIdentity:FederatedIdentity::operator-identity`,
        type: "tailscale:index/federatedIdentity:FederatedIdentity",
        name: "operator-identity",
        parent: CREDENTIAL,
        dependsOn: [PREREQUISITE],
        inputs: {
          ...GRANTED,
          issuer: "https://oidc.example.com",
          subject: "system:serviceaccount:tailscale:operator",
        },
        secretInputs: [],
        options: COMPONENT.options,
      },
    ]);
  });

  test("has no key, but the audience that the operator's tokens need", async () => {
    const { credentials } = await recordCredential(federated, ANSWERS);
    if (credentials.kind !== "federated") return expect.unreachable("an identity with a key");
    expect(Object.keys(credentials)).toEqual(["kind", "clientId", "audience"]);
    expect(await settled(credentials.clientId)).toEqual({ value: "operator-identity-id", secret: false });
    expect(await settled(credentials.audience)).toEqual({ value: "api.tailscale.com/1", secret: false });
  });
});

test("an existing client creates no resource, and both of its parts are secret", async () => {
  const { recording, credentials } = await recordCredential(() => ({
    kind: "existing",
    clientId: pulumi.output("id-1"),
    clientSecret: pulumi.output("secret-1"),
  }));
  expect(ownOf(recording)).toEqual([{ ...COMPONENT, dependsOn: [PREREQUISITE] }]);
  if (credentials.kind !== "key") return expect.unreachable("a client without a key");
  expect(await settled(credentials.clientId)).toEqual({ value: "id-1", secret: true });
  expect(await settled(credentials.clientSecret)).toEqual({ value: "secret-1", secret: true });
});
