import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
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
