import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type { Manifest } from "../support/manifest.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { poll } from "./poll.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});

afterAll(async () => {
  await server.stop();
});

const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "mine" } };

describe("the API server", () => {
  test("reports the pinned version", async () => {
    expect(await server.client.get("/version")).toMatchObject({
      major: "1",
      minor: "35",
      gitVersion: "v1.35.0",
    });
  });

  test("has a self-contained kubeconfig", async () => {
    const kubeconfig: unknown = parse(await readFile(server.kubeconfig, "utf8"));
    const encoded: unknown = expect.stringMatching(/^[A-Za-z0-9+/]{500,}=*$/);
    const token: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(kubeconfig).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "apiserver",
      clusters: [
        { name: "apiserver", cluster: { server: server.url, "certificate-authority-data": encoded } },
      ],
      users: [{ name: "apiserver", user: { token } }],
      contexts: [{ name: "apiserver", context: { cluster: "apiserver", user: "apiserver" } }],
    });
  });
});

/** Waits until the port refuses connections: a killed process does not end at once. */
const untilRefused = async (url: string): Promise<void> => {
  await poll(`the end of ${url}`, 100, async () =>
    fetch(url).then(
      () => undefined,
      (error: unknown) => {
        const { code } = (error as { cause: { code?: string } }).cause;
        return code === "ECONNREFUSED" ? code : undefined;
      },
    ),
  );
};

describe("a second API server", () => {
  let temporary: string;
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), "second-apiserver-"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(async () => {
    await rm(temporary, { recursive: true });
  });

  test("runs beside the first, shares nothing with it and leaves no files", async () => {
    vi.stubEnv("TMPDIR", temporary);
    const other = await startApiServer();
    await server.client.apply({ ...namespace, metadata: { name: "mine" } });
    await expect(other.client.read({ ...namespace, metadata: { name: "mine" } })).rejects.toThrow(
      'namespaces "mine" not found',
    );
    await other.stop();
    await untilRefused(other.url);
    expect(existsSync(dirname(other.kubeconfig))).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
  }, 120_000);

  test.each(["SIGTERM", "SIGINT"] as const)(
    "ends with the process that started it, also by %s",
    async (signal) => {
      const script = `
      import { startApiServer } from ${JSON.stringify(join(import.meta.dirname, "api-server.ts"))};
      console.log((await startApiServer()).url);
      process.stdin.resume();`;
      const args = ["--input-type=module-typescript", "--eval", script];
      const starter = execa(process.execPath, args, { env: { TMPDIR: temporary }, reject: false });
      for await (const url of starter) {
        starter.kill(signal);
        await untilRefused(url);
      }
      expect((await starter).signal).toBe(signal);
      expect(await readdir(temporary)).toEqual([]);
    },
    120_000,
  );

  test("fails with the end of its log and leaves no files if it cannot run", async () => {
    // Too long for the path of a Unix socket.
    const deep = join(temporary, "d".repeat(120));
    await mkdir(deep);
    vi.stubEnv("TMPDIR", deep);
    await expect(startApiServer()).rejects.toThrow(
      /^etcd exited \(.*\), its log ends with:\n[^]*invalid argument/,
    );
    expect(await readdir(deep)).toEqual([]);
  }, 120_000);
});
