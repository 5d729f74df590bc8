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
const LOGIN = `${URN}tailnet-edge:tailnet:OperatorCredential::login`;
const GROUND = `${URN}tailscale:index/dnsPreferences:DnsPreferences::ground`;

const COMPONENT = {
  urn: LOGIN,
  type: "tailnet-edge:tailnet:OperatorCredential",
  name: "login",
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

/** Records a credential that depends on another resource, and where each part of its login is secret. */
async function recordCredential(source: () => CredentialSource, answers: MockAnswers = {}) {
  const logins: OperatorCredentials[] = [];
  const recording = await record({
    program: () => {
      const ground = new DnsPreferences("ground", { magicDns: true });
      const args = { tag: "tag:k8s-operator", description: "ozilab-operator", namespace: "tailscale" };
      const credential = new OperatorCredential(
        "login",
        { source: source(), ...args },
        { dependsOn: ground },
      );
      logins.push(credential.login);
    },
    project: "tailnet-edge",
    stack: "test",
    config: {},
    secretKeys: [],
    answers,
  });
  const [login] = logins;
  if (login === undefined) return expect.unreachable("the program did not run");
  return { recording, login };
}

/** The resources that the credential is made of. */
const ownOf = ({ resources }: Recording) => resources.filter(({ urn }) => urn !== STACK && urn !== GROUND);

const made: MockAnswers = {
  newResource: ({ name }) => ({
    id: `${name}-id`,
    state: { key: "tskey-client-1", audience: "api.tailscale.com/1" },
  }),
};

/** What an Output will hold, and whether it is a secret. */
async function settled(output: pulumi.Output<string>) {
  const secret = await pulumi.isSecret(output);
  return new Promise((resolve) => {
    pulumi.unsecret(output).apply((value) => {
      resolve({ value, secret });
    });
  });
}

describe("an OAuth client that the stack makes", () => {
  const oauth = (serial: number) => () => ({ kind: "oauth", serial }) as const;

  test("has the least scopes, the operator's tag, and waits for what the credential depends on", async () => {
    const { recording } = await recordCredential(oauth(7));
    expect(ownOf(recording)).toEqual([
      { ...COMPONENT, dependsOn: [GROUND] },
      {
        urn: `${URN}tailnet-edge:tailnet:OperatorCredential$tailscale:index/oauthClient:OauthClient::login-client`,
        type: "tailscale:index/oauthClient:OauthClient",
        name: "login-client",
        parent: LOGIN,
        dependsOn: [GROUND],
        inputs: GRANTED,
        secretInputs: [],
        options: { ...DEFAULT_OPTIONS, replacementTrigger: 7 },
      },
    ]);
    expect(recording.calls).toEqual([]);
  });

  test("is replaced by another serial and by nothing else, the new one first", async () => {
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

  test("gives its key as a secret", async () => {
    const { login } = await recordCredential(oauth(1), made);
    if (login.kind !== "key") return expect.unreachable("a client has a key");
    expect(await settled(login.clientId)).toEqual({ value: "login-client-id", secret: false });
    expect(await settled(login.clientSecret)).toEqual({ value: "tskey-client-1", secret: true });
  });
});

describe("a federated identity", () => {
  const federated = () => ({ kind: "federated", issuer: "https://oidc.example.com" }) as const;

  test("has the same scopes and tag, for the operator's service account only", async () => {
    const { recording } = await recordCredential(federated);
    expect(ownOf(recording)).toEqual([
      { ...COMPONENT, dependsOn: [GROUND] },
      {
        urn: `${URN}tailnet-edge:tailnet:OperatorCredential$tailscale:index/federatedIdentity:FederatedIdentity::login-identity`,
        type: "tailscale:index/federatedIdentity:FederatedIdentity",
        name: "login-identity",
        parent: LOGIN,
        dependsOn: [GROUND],
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

  test("gives no key, but the audience that the operator's tokens must carry", async () => {
    const { login } = await recordCredential(federated, made);
    if (login.kind !== "federated") return expect.unreachable("an identity has no key");
    expect(Object.keys(login)).toEqual(["kind", "clientId", "audience"]);
    expect(await settled(login.clientId)).toEqual({ value: "login-identity-id", secret: false });
    expect(await settled(login.audience)).toEqual({ value: "api.tailscale.com/1", secret: false });
  });
});

test("an existing client makes no resource, and both of its parts are secrets", async () => {
  const { recording, login } = await recordCredential(() => ({
    kind: "existing",
    clientId: pulumi.output("id-1"),
    clientSecret: pulumi.output("secret-1"),
  }));
  expect(ownOf(recording)).toEqual([{ ...COMPONENT, dependsOn: [GROUND] }]);
  if (login.kind !== "key") return expect.unreachable("a client has a key");
  expect(await settled(login.clientId)).toEqual({ value: "id-1", secret: true });
  expect(await settled(login.clientSecret)).toEqual({ value: "secret-1", secret: true });
});
