import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCredential } from "../../../providers/edge-rules/credential.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "credential-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: tailnet-edge\nruntime: nodejs\n");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = (config: string, environment: NodeJS.ProcessEnv) => {
  writeFileSync(join(folder, "Pulumi.lab.yaml"), `config:\n${config}`);
  return readCredential(folder, "lab", environment);
};
const PUBLIC = "https://api.cloudflare.com/client/v4";
const ENCRYPTED = "  cloudflare:apiToken:\n    secure: v1:abc\n";

/** A `pulumi` that runs a shell script, first on PATH. */
function pulumi(script: string): NodeJS.ProcessEnv {
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
  return { PATH: `${folder}:/usr/bin:/bin`, CLOUDFLARE_API_TOKEN: "from the environment" };
}

test("is the token in the environment, for the public API", async () => {
  expect(await read("  a:b: c\n", { CLOUDFLARE_API_TOKEN: "t" })).toEqual({
    baseUrl: PUBLIC,
    headers: { authorization: "Bearer t" },
  });
});

test("is the key with its email, and the API at another address", async () => {
  const environment = {
    CLOUDFLARE_API_KEY: "k",
    CLOUDFLARE_EMAIL: "e",
    CLOUDFLARE_BASE_URL: "http://proxy/v4/",
  };
  expect(await read("  a:b: c\n", environment)).toEqual({
    baseUrl: "http://proxy/v4",
    headers: { "x-auth-key": "k", "x-auth-email": "e" },
  });
});

test("is the encrypted token of the stack before the one in the environment", async () => {
  const environment = pulumi(`echo '{"cloudflare:apiToken":{"value":"from the stack","secret":true}}'`);
  expect((await read(ENCRYPTED, environment)).headers).toEqual({ authorization: "Bearer from the stack" });
});

test("is an error with its fix if the token cannot be decrypted, and does not quote what pulumi prints", async () => {
  const failing = read(ENCRYPTED, pulumi("echo quoted-secret >&2; exit 1"));
  await expect(failing).rejects.toThrow(
    /cloudflare:apiToken\n +found: .*did not decrypt\n.*\n +fix: +run `pulumi config/,
  );
  await expect(failing).rejects.not.toThrow("quoted-secret");
});

test("is an error with its fix if there is none", async () => {
  await expect(read("  a:b: c\n", {})).rejects.toThrow(/found: +nothing\n[^]*fix: +set CLOUDFLARE_API_TOKEN/);
});
