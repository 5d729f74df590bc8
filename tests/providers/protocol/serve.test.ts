import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type Client, credentials } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { describe, expect, it, vi } from "vitest";
import { serveProvider } from "../../../providers/protocol/serve.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

describe.each(["edge-rules", "object-fields"])("the process of the provider %s", (name) => {
  it("prints its port, and ends when the engine interrupts it", { timeout: 60_000 }, async () => {
    const program = join(PROJECT_FOLDER, "providers", name, `pulumi-resource-${name}`);
    const child = spawn(program, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"] });
    const exited = once(child, "exit");
    try {
      const [port] = (await once(createInterface(child.stdout), "line")) as [string];
      expect(port).toMatch(/^\d+$/);
      child.kill("SIGINT");
      expect(await exited).toEqual([null, "SIGINT"]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

it("makes a provider for each engine that attaches itself, once or more often, to a running process", async () => {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const create = vi.fn(() => ({ resources: {} }));
  await serveProvider(create);
  const port = String(written.mock.calls[0]?.[0]).trim();
  written.mockRestore();
  const { ResourceProviderClient } = providerService as unknown as {
    ResourceProviderClient: new (address: string, insecure: object) => AttachingClient;
  };
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const attach = promisify(client.attach.bind(client));
  const created: number[] = [];
  for (const engine of ["127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:2"]) {
    await attach(new plugin.PluginAttach().setAddress(engine));
    created.push(create.mock.calls.length);
  }
  expect(created).toEqual([2, 2, 3]);
  client.close();
});

/** The SDK's declarations of the service need types that it does not install. */
type AttachingClient = Client & {
  attach(request: object, callback: (error: Error | null) => void): void;
};
