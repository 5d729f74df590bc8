import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CloudflareClient } from "../../../live/cloudflare-client.ts";
import { LiveError } from "../../../live/live-error.ts";
import { ProviderSettings } from "../../../live/provider-settings.ts";
import { TailscaleClient } from "../../../live/tailscale-client.ts";
import { ProviderHost } from "../../../sandbox/host/provider-host.ts";
import { seed } from "../../../sandbox/prerequisites/seed.ts";
import { changeTailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { callCounts, injectFault } from "../../../sandbox/world/api.ts";
import { worldOfCluster } from "../../../sandbox/world/cluster-world.ts";
import { WORLD_FILE, WorldFile } from "../../../sandbox/world/world-file.ts";
import type { World } from "../../../sandbox/world/world.ts";

let folder: string;
let host: ProviderHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "apis-"));
  inWorld("one", "tail1.ts.net", (world) => {
    seed(world, { policy: "{} // one\n", zones: [{ name: "example.com" }] });
  });
  inWorld("two", "tail2.ts.net", (world) => {
    seed(world, { policy: "{} // two\n" });
  });
  host = await ProviderHost.start(folder);
});

afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
});

test("gives each stack its own tailnet, and all stacks one Cloudflare account", async () => {
  expect(await TailscaleClient.fromSettings(settings("one")).policy()).toEqual({
    hujson: "{} // one\n",
    etag: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect((await TailscaleClient.fromSettings(settings("two")).policy()).hujson).toBe("{} // two\n");
  for (const stack of ["one", "two"]) {
    const client = await CloudflareClient.fromSettings(settings(stack));
    expect(await client.zone("example.com")).toMatchObject({ name: "example.com", status: "active" });
    expect(await client.zone("example.org")).toBeUndefined();
  }
});

test("answers from the files between runs, and from the running world during a run", async () => {
  const client = TailscaleClient.fromSettings(settings("one"));
  inWorld("one", "tail1.ts.net", (world) => {
    changeTailnet(world, { policy: "{} // edited\n" });
  });
  expect((await client.policy()).hujson).toBe("{} // edited\n");

  const providers = { projectFolder: folder, enableSecretMutable: true, enableConfigMapMutable: false };
  await host.begin({ settings: providers, cluster: "one", tailnet: "tail1.ts.net" });
  inWorld("one", "tail1.ts.net", (world) => {
    changeTailnet(world, { policy: "{} // too late\n" });
  });
  expect((await client.policy()).hujson).toBe("{} // edited\n");
  await host.end();
  expect((await client.policy()).hujson).toBe("{} // edited\n");
});

test("counts its calls, and applies injected faults to them", async () => {
  const operation = "cloudflare GET /zones";
  const counted = inWorld("one", "tail1.ts.net", (world) => callCounts(world)[operation] ?? 0);
  inWorld("one", "tail1.ts.net", (world) => {
    injectFault(world, { operation, effect: { status: 403 } });
  });
  const client = await CloudflareClient.fromSettings(settings("one"));
  const refused = await client.zone("example.com").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LiveError);
  expect(refused).toMatchObject({ reason: "denied", status: 403 });
  expect(await client.zone("example.com")).toMatchObject({ name: "example.com" });
  expect(inWorld("one", "tail1.ts.net", (world) => callCounts(world)[operation])).toBe(counted + 2);
});

test("answers requests that arrive together one after the other", async () => {
  const client = TailscaleClient.fromSettings(settings("two"));
  const operation = "tailscale GET /tailnet/{tailnet}/acl";
  const before = inWorld("two", "tail2.ts.net", (world) => callCounts(world)[operation] ?? 0);
  await Promise.all(Array.from({ length: 5 }, () => client.policy()));
  expect(inWorld("two", "tail2.ts.net", (world) => callCounts(world)[operation])).toBe(before + 5);
});

test("refuses other credentials, unknown stacks and unknown routes", async () => {
  const { CLOUDFLARE_BASE_URL: address = "" } = host.apiVariables("one");
  const status = async (url: string, token: string) =>
    (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  const { CLOUDFLARE_API_TOKEN: token = "" } = host.apiVariables("one");
  expect(await status(`${address}/zones`, token)).toBe(200);
  expect(await status(`${address}/zones`, "other")).toBe(401);
  expect(await status(`${address}/nothing`, token)).toBe(404);
  expect(await status(address.replace("/one", "/three"), token)).toBe(404);
  const tailscale = TailscaleClient.fromSettings(settings("one", { TAILSCALE_API_KEY: "other" }));
  await expect(tailscale.policy()).rejects.toMatchObject({ reason: "denied" });
});

function settings(stack: string, variables: Readonly<Record<string, string>> = {}): ProviderSettings {
  return new ProviderSettings({}, [], { values: {} }, { ...host.apiVariables(stack), ...variables });
}

function inWorld<T>(stack: string, tailnet: string, use: (world: World) => T): T {
  const file = WorldFile.open(join(folder, WORLD_FILE));
  const result = use(worldOfCluster(file, stack, tailnet));
  file.save();
  return result;
}
