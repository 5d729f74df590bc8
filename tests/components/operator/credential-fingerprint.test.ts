import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { credentialFingerprint, fingerprint } from "../../../components/operator/credential-fingerprint.ts";
import type { OperatorCredentials } from "../../../components/tailnet/operator-credential.ts";

const key = (clientId: string, clientSecret: string): OperatorCredentials => ({
  kind: "key",
  clientId: pulumi.output(clientId),
  clientSecret: pulumi.secret(clientSecret),
});

function resolve(credentials: OperatorCredentials): Promise<{ value: string; secret: boolean }> {
  const output = credentialFingerprint(credentials);
  return new Promise((done) => {
    output.apply((value) => {
      void pulumi.isSecret(output).then((secret) => {
        done({ value, secret });
      });
    });
  });
}

describe("credentialFingerprint", () => {
  test("changes only with the key's two parts, and stays secret", async () => {
    const first = await resolve(key("id", "secret"));
    expect(first).toEqual({ value: "b8016c118973642e", secret: true });
    expect(await resolve(key("id", "secret"))).toEqual(first);
    const others = await Promise.all([resolve(key("id2", "secret")), resolve(key("id", "secret2"))]);
    expect(new Set([first.value, ...others.map(({ value }) => value)]).size).toBe(3);
  });

  test("is not secret for a federated identity", async () => {
    const credentials: OperatorCredentials = {
      kind: "federated",
      clientId: pulumi.output("id"),
      audience: pulumi.output("aud"),
    };
    expect((await resolve(credentials)).secret).toBe(false);
  });

  test("differs for lists that are equal when joined", () => {
    expect(fingerprint(["ab", "c"])).not.toBe(fingerprint(["a", "bc"]));
  });
});
