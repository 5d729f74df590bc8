import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { credentials, secretHash } from "../../../sandbox/providers/tailscale/tailnet.ts";
import type { Operation } from "../../../sandbox/session/run.ts";
import { API_TOKEN } from "../../../sandbox/world/api-token.ts";
import { type Fault, injectFault } from "../../../sandbox/world/api.ts";
import type { HistoryEntry } from "../../../sandbox/world/history.ts";
import { afterEachCall } from "./after-each-call.ts";
import { containsSecret, filesContaining } from "./leaks.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

/** Every key that existed after a call: in a cluster's Secret, or of a client whose key never reached a Secret. */
function keysAt({ world }: HistoryEntry): string[] {
  const inSecrets = objects(world)
    .values()
    .flatMap(({ kind, data }) => (kind === "Secret" ? (data?.["client_secret"] ?? []) : []));
  const ofClients = credentials(world)
    .values()
    .map(({ id, secretHash: hash }) => [keyOfClient(id), hash] as const)
    .filter(([key, hash]) => secretHash(key) === hash);
  return [
    ...inSecrets.map((text) => Buffer.from(text, "base64").toString()),
    ...ofClients.map(([key]) => key),
  ];
}

/** The key that the simulated API generates for a client. */
function keyOfClient(id: string): string {
  return `tskey-client-${id}-${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

describe("the keys of OAuth clients", () => {
  let project: RealProject<OzilabChanges>;
  const keys = new Set<string>();

  beforeAll(async () => {
    project = await RealProject.create({
      configOf: ozilabConfig,
      prerequisites: { zones: [{ name: "example.com" }] },
    });
  });

  afterAll(async () => {
    await project.remove();
  });

  const run = async (operation: Operation, changes: Partial<OzilabChanges>, fault?: Fault) => {
    project.configure(changes);
    if (fault) {
      project.withWorld((world) => {
        injectFault(world, fault);
      });
    }
    const collect = (entry: HistoryEntry) => {
      for (const key of keysAt(entry)) keys.add(key);
    };
    return await afterEachCall(project, async () => await project.run(operation), collect).then(
      ({ ok }) => ok,
      (error: unknown) => (error as Error).message.split("\n")[0],
    );
  };

  test("are in no file and no output after a lifecycle with failures and crashes", async () => {
    const refused: Fault = {
      operation: "cloudflare POST /zones/{zone}/dns_records",
      times: 3,
      effect: { status: 500 },
    };
    const crash: Fault = { operation: "kubernetes PATCH Secret", effect: { crash: "after" } };
    const crashed = "the simulated providers crashed during the up";
    expect([
      await run("preview", {}),
      await run("up", {}, refused),
      await run("up", {}),
      await run("up", { serial: 2 }),
      await run("refresh", { serial: 2 }),
      await run("up", { serial: 3 }, crash),
      await run("up", { serial: 3 }),
      await run("up", { serial: 4 }, { operation: "kubernetes helm upgrade", effect: { crash: "before" } }),
      await run("destroy", { serial: 4 }),
    ]).toEqual([true, false, true, true, true, crashed, true, crashed, true]);
    expect(keys.size).toBe(4);
    expect(containsSecret(project.written, [...keys])).toBe(false);
    expect(filesContaining([...keys], project.sandbox)).toEqual([]);
    expect(project.written).toContain("create");
  });
});

describe("a configured client", () => {
  test("is kept secret too, and so is Cloudflare's token: none is in the state or in the output", async () => {
    const project = await RealProject.create<object>({
      configOf: () => {
        const config = ozilabConfig({});
        return {
          ...config,
          "tailnet-edge:operator": {
            ...config["tailnet-edge:operator"],
            credential: { kind: "existing" },
          },
          "tailnet-edge:operatorClientId": { secure: "v1:of:another-key" },
          "tailnet-edge:operatorClientSecret": { secure: "v1:of:another-key" },
          "cloudflare:apiToken": { secure: "v1:of:another-key" },
        };
      },
      prerequisites: { zones: [{ name: "example.com" }] },
    });
    try {
      await project.up();
      expect((await project.run("refresh")).ok).toBe(true);
      const placeholders = [
        "sandbox-tailnet-edge-operatorClientId",
        "sandbox-tailnet-edge-operatorClientSecret",
      ];
      const held = project.withWorld((world) => objects(world).get("Secret tailscale/operator-oauth")?.data);
      expect(Object.values(held ?? {}).map((text) => Buffer.from(text, "base64").toString())).toEqual(
        placeholders,
      );
      expect((await project.run("destroy")).ok).toBe(true);
      // The rules' provider decrypts the token itself.
      expect(containsSecret(project.written, [...placeholders, API_TOKEN])).toBe(false);
      expect(filesContaining(placeholders, project.sandbox)).toEqual([]);
    } finally {
      await project.remove();
    }
  });
});
