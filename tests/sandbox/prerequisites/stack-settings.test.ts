import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { readSettings } from "../../../sandbox/prerequisites/stack-settings.ts";
import { API_TOKEN } from "../../../sandbox/world/api-token.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "settings-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function settingsOf(config: object, project: object = {}) {
  await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: "demo", runtime: "nodejs", ...project }));
  await writeFile(join(folder, "Pulumi.test.yaml"), stringify({ encryptionsalt: "v1:real", config }));
  return readSettings(folder, "test");
}

test("replaces encrypted values by placeholders, wherever they are", async () => {
  const secret = { secure: "v1:of:another-key" };
  const { config, secrets } = await settingsOf({
    "demo:token": secret,
    "demo:nested": { kept: 1, key: secret },
    "demo:list": ["kept", { key: secret }, secret],
    "cloudflare:apiToken": secret,
  });
  expect(config).toEqual({ "demo:nested": { kept: 1 }, "demo:list": ["kept", {}] });
  expect(secrets).toEqual([
    { path: "demo:token", value: "sandbox-demo-token" },
    { path: "demo:nested.key", value: "sandbox-demo-nested-key" },
    { path: "demo:list[1].key", value: "sandbox-demo-list-1-key" },
    { path: "demo:list[2]", value: "sandbox-demo-list-2-" },
    // The simulated API accepts it.
    { path: "cloudflare:apiToken", value: API_TOKEN },
  ]);
});

test("reads a provider's settings from the stack's file, else from Pulumi.yaml", async () => {
  const mutable = { "kubernetes:enableSecretMutable": "true" };
  const project = { config: { "kubernetes:enableConfigMapMutable": { value: true } } };
  const both = { enableSecretMutable: true, enableConfigMapMutable: true, projectFolder: folder };
  expect((await settingsOf(mutable, project)).providers).toEqual(both);
  const overridden = { ...mutable, "kubernetes:enableConfigMapMutable": false };
  expect((await settingsOf(overridden, project)).providers).toEqual({
    ...both,
    enableConfigMapMutable: false,
  });
});

test("has a default tailnet for a program that names none", async () => {
  expect((await settingsOf({})).tailnet).toBe("tail1234.ts.net");
  expect((await settingsOf({ "tailnet-edge:tailnet": { name: "other.ts.net" } })).tailnet).toBe(
    "other.ts.net",
  );
});
