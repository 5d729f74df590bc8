import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveError } from "../../live/live-error.ts";
import { readProviderSettings } from "../../live/provider-settings.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: tailnet-edge\nruntime: nodejs\nconfig: {}\n");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function writeStack(config: string): void {
  writeFileSync(join(folder, "Pulumi.lab.yaml"), `config:\n${config}`);
}

/** A `pulumi` that runs a shell script, first on PATH. */
function environmentWithPulumi(script: string): NodeJS.ProcessEnv {
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
  return { PATH: `${folder}:/usr/bin:/bin` };
}

describe("get", () => {
  test("takes the stack's value before the environment's, and the first variable first", async () => {
    writeStack("  tailscale:tailnet: example.com\n");
    const settings = await readProviderSettings(folder, "lab", { A: "from a", B: "from b", EMPTY: "" });
    expect(settings.get("tailscale:tailnet", "A")).toBe("example.com");
    expect(settings.get("tailscale:apiKey", "EMPTY", "A", "B")).toBe("from a");
    expect(settings.get("tailscale:apiKey")).toBeUndefined();
  });

  test("asks pulumi for an encrypted value, with the stack and folder", async () => {
    writeStack("  tailscale:apiKey:\n    secure: v1:abc\n");
    const environment = environmentWithPulumi(
      `echo "$@" > ${join(folder, "arguments")}; echo '{"tailscale:apiKey":{"value":"tskey","secret":true}}'`,
    );
    const settings = await readProviderSettings(folder, "lab", environment);
    expect(settings.get("tailscale:apiKey", "IGNORED")).toBe("tskey");
  });

  test("asks nobody if no provider's setting is encrypted", async () => {
    writeStack("  tailnet-edge:operator:\n    secure: v1:abc\n  tailscale:tailnet: example.com\n");
    const settings = await readProviderSettings(folder, "lab", environmentWithPulumi("exit 1"));
    expect(settings.get("tailscale:tailnet")).toBe("example.com");
  });

  test.each([
    ["pulumi fails", "echo tskey-in-message >&2; exit 1", "run `pulumi config --stack lab`"],
    ["there is no pulumi", undefined, "install Pulumi's command line"],
  ])("is an issue of the one setting if %s", async (_, script, fix) => {
    writeStack("  tailscale:apiKey:\n    secure: v1:abc\n  tailscale:tailnet: example.com\n");
    const environment = script === undefined ? { PATH: folder } : environmentWithPulumi(script);
    const settings = await readProviderSettings(folder, "lab", environment);
    expect(settings.get("tailscale:tailnet")).toBe("example.com");
    const read = () => settings.get("tailscale:apiKey", "TAILSCALE_API_KEY");
    expect(read).toThrow(LiveError);
    expect(read).toThrow(expect.objectContaining({ reason: "credential" }));
    expect(read).toThrow(
      expect.objectContaining({
        issue: expect.objectContaining({ fix: expect.stringContaining(fix) as string }) as object,
      }),
    );
    expect(read).not.toThrow(/tskey-in-message/);
  });
});
