import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { credentials, secretHash } from "../../../sandbox/providers/tailscale/tailnet.ts";
import type { Operation } from "../../../sandbox/session/run.ts";
import { type Fault, injectFault } from "../../../sandbox/world/api.ts";
import type { HistoryEntry } from "../../../sandbox/world/history.ts";
import { filesContaining, containsSecret } from "./leaks.ts";
import { afterEachCall } from "./after-each-call.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

/** Every key that there was at some moment: those in a cluster's Secret, and those of clients that came to none. */
function keysAt({ world }: HistoryEntry): string[] {
  const held = objects(world)
    .values()
    .flatMap(({ kind, data }) => (kind === "Secret" ? (data?.["client_secret"] ?? []) : []));
  const made = credentials(world)
    .values()
    .map(({ id, secretHash: hash }) => [keyOfClient(id), hash] as const)
    .filter(([key, hash]) => secretHash(key) === hash);
  return [...held.map((text) => Buffer.from(text, "base64").toString()), ...made.map(([key]) => key)];
}

/** The key that the simulated API gives a client. */
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

  const live = async (operation: Operation, changes: Partial<OzilabChanges>, fault?: Fault) => {
    project.configure(changes);
    if (fault) {
      project.withWorld((world) => {
        injectFault(world, fault);
      });
    }
    const collect = (moment: HistoryEntry) => {
      for (const key of keysAt(moment)) keys.add(key);
    };
    return await afterEachCall(project, async () => await project.run(operation), collect).then(
      ({ ok }) => ok,
      (error: unknown) => (error as Error).message.split("\n")[0],
    );
  };

  test("are in no file and in nothing that was printed, after a life with failures and deaths in it", async () => {
    const refused: Fault = { operation: "cloudflare POST", times: 3, effect: { status: 500 } };
    const death: Fault = { operation: "kubernetes PATCH Secret", effect: { crash: "after" } };
    const died = "the simulated providers crashed during the up";
    expect([
      await live("preview", {}),
      await live("up", {}, refused),
      await live("up", {}),
      await live("up", { serial: 2 }),
      await live("refresh", { serial: 2 }),
      await live("up", { serial: 3 }, death),
      await live("up", { serial: 3 }),
      await live("up", { serial: 4 }, { operation: "kubernetes helm upgrade", effect: { crash: "before" } }),
      await live("destroy", { serial: 4 }),
    ]).toEqual([true, false, true, true, true, died, true, died, true]);
    expect(keys.size).toBe(4);
    expect(containsSecret(project.written, [...keys])).toBe(false);
    expect(filesContaining([...keys], project.sandbox)).toEqual([]);
    expect(project.written).toContain("create");
  });
});

describe("a configured client", () => {
  test("is as secret: neither its ID nor its key is in a file or printed", async () => {
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
        };
      },
      prerequisites: { zones: [{ name: "example.com" }] },
    });
    try {
      await project.up();
      expect((await project.run("refresh")).ok).toBe(true);
      const standIns = ["sandbox-tailnet-edge-operatorClientId", "sandbox-tailnet-edge-operatorClientSecret"];
      const held = project.withWorld((world) => objects(world).get("Secret tailscale/operator-oauth")?.data);
      expect(Object.values(held ?? {}).map((text) => Buffer.from(text, "base64").toString())).toEqual(
        standIns,
      );
      expect((await project.run("destroy")).ok).toBe(true);
      expect(containsSecret(project.written, standIns)).toBe(false);
      expect(filesContaining(standIns, project.sandbox)).toEqual([]);
    } finally {
      await project.remove();
    }
  });
});
