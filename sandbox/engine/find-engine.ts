import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";
import { cachedTool } from "../../tools/cached-tool.ts";
import { buildGoProgram } from "../../tools/go.ts";
import { withProgress } from "../../tools/progress.ts";

/** The version that is downloaded or built, and the oldest one that is accepted on PATH. */
export const ENGINE_VERSION = new SemVer("3.256.0");

/** A place that the engine may come from. */
export interface EngineSource {
  /** What the user has to provide. Printed if no source works. */
  readonly name: string;
  readonly find: () => Promise<PulumiCommand>;
}

const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = join(ROOT, ".cache", "tools");
const GO_MODULE = join(ROOT, "tools", "engine");
/** Where the Automation API downloads its installer from. */
const INSTALLER = "https://get.pulumi.com/install.sh";
/** In a network that drops packets, the Automation API's own download hangs for two minutes. */
const REACHABLE_WITHIN_MS = 5_000;

/** In the order in which they are tried. A downloaded or built engine is kept in `.cache/`. */
export const ENGINE_SOURCES: readonly EngineSource[] = [
  {
    name: `pulumi ${ENGINE_VERSION.version} or newer, of major version ${ENGINE_VERSION.major}, on PATH`,
    find: async () => await PulumiCommand.get({ version: ENGINE_VERSION }),
  },
  { name: `pulumi ${ENGINE_VERSION.version} downloaded by the Pulumi Automation API`, find: download },
  { name: `pulumi ${ENGINE_VERSION.version} built from tools/engine with Go`, find: build },
];

/**
 * Finds the Pulumi engine, or downloads or builds it. Shows the progress of both on standard error.
 *
 * @throws Error with each source and why it failed
 */
export async function findEngine(sources: readonly EngineSource[] = ENGINE_SOURCES): Promise<PulumiCommand> {
  const failures: string[] = [];
  for (const { name, find } of sources) {
    try {
      return await find();
    } catch (error) {
      failures.push(`  - ${name}: ${firstLine(error)}`);
    }
  }
  throw new Error(["no Pulumi engine was found; provide one of these:", ...failures].join("\n"));
}

async function download(): Promise<PulumiCommand> {
  const root = join(CACHE, `pulumi-${ENGINE_VERSION.version}`);
  const downloaded = await PulumiCommand.get({ root, version: ENGINE_VERSION }).catch(() => undefined);
  if (downloaded) return downloaded;
  await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(REACHABLE_WITHIN_MS) }).catch(
    (cause: unknown) => {
      throw new Error(`${INSTALLER} cannot be reached`, { cause });
    },
  );
  const step = `Downloading the Pulumi engine ${ENGINE_VERSION.version}`;
  return await withProgress(step, () => PulumiCommand.install({ root, version: ENGINE_VERSION }));
}

async function build(): Promise<PulumiCommand> {
  const root = await cachedTool({
    name: `engine-${ENGINE_VERSION.version}`,
    source: GO_MODULE,
    build: async (into, report) => {
      await buildGoProgram({
        module: GO_MODULE,
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        output: join(into, "bin", "pulumi"),
        // The Automation API waits forever for an engine that does not know its version.
        linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${ENGINE_VERSION.version}`,
        report,
      });
    },
  });
  return await PulumiCommand.get({ root, version: ENGINE_VERSION });
}

function firstLine(error: unknown): string {
  const { message } = error as Error;
  // The Automation API wraps a command's output: "code: …\n stdout: …\n stderr: …".
  const output = /stderr: (?:Command failed with )?(.+)/.exec(message)?.[1] ?? message.split("\n")[0];
  return output ?? message;
}
