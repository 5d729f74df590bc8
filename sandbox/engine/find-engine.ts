import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";
import { cachedTool } from "../../tools/cached-tool.ts";
import { buildGoProgram } from "../../tools/go.ts";

/** The version that is downloaded or built, and the oldest that is taken from PATH. */
export const ENGINE_VERSION = new SemVer("3.256.0");

/** One way to come by the engine. */
export interface EngineSource {
  /** What the user would have to provide, for the message when no way works. */
  readonly name: string;
  readonly find: () => Promise<PulumiCommand>;
}

const ROOT = join(import.meta.dirname, "..", "..");
const MODULE = join(ROOT, "tools", "engine");
/** Where the Automation API fetches its installer from. */
const INSTALLER = "https://get.pulumi.com/install.sh";
/** A network that drops packets would hold the Automation API's own download for two minutes. */
const REACHABLE_WITHIN_MS = 5_000;

/** The ways in the order in which they are tried. A download or a build is kept in `.cache/`. */
export const ENGINE_SOURCES: readonly EngineSource[] = [
  {
    name: `pulumi ${ENGINE_VERSION.version} or newer, of major version ${ENGINE_VERSION.major}, on PATH`,
    find: async () => await PulumiCommand.get({ version: ENGINE_VERSION }),
  },
  { name: `pulumi ${ENGINE_VERSION.version} downloaded by the Pulumi Automation API`, find: download },
  { name: `pulumi ${ENGINE_VERSION.version} built from tools/engine with Go`, find: build },
];

/**
 * The Pulumi engine, by the first way that works.
 *
 * @throws Error naming every way and why it failed
 */
export async function findEngine(ways: readonly EngineSource[] = ENGINE_SOURCES): Promise<PulumiCommand> {
  const failures: string[] = [];
  for (const { name, find } of ways) {
    try {
      return await find();
    } catch (error) {
      failures.push(`  - ${name}: ${firstLine(error)}`);
    }
  }
  throw new Error(["no Pulumi engine was found; each of these would do:", ...failures].join("\n"));
}

async function download(): Promise<PulumiCommand> {
  const root = join(ROOT, ".cache", "tools", `pulumi-${ENGINE_VERSION.version}`);
  const downloaded = await PulumiCommand.get({ root, version: ENGINE_VERSION }).catch(() => undefined);
  if (downloaded) return downloaded;
  await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(REACHABLE_WITHIN_MS) }).catch(
    (cause: unknown) => {
      throw new Error(`${INSTALLER} cannot be reached`, { cause });
    },
  );
  return await PulumiCommand.install({ root, version: ENGINE_VERSION });
}

async function build(): Promise<PulumiCommand> {
  const root = await cachedTool({
    name: `engine-${ENGINE_VERSION.version}`,
    source: MODULE,
    build: async (into) => {
      await buildGoProgram({
        module: MODULE,
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        output: join(into, "bin", "pulumi"),
        // Without a version in it the engine makes the Automation API wait for ever.
        linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${ENGINE_VERSION.version}`,
      });
    },
  });
  return await PulumiCommand.get({ root, version: ENGINE_VERSION });
}

function firstLine(error: unknown): string {
  const { message } = error as Error;
  // The Automation API wraps what a command said: "code: …\n stdout: …\n stderr: …".
  const said = /stderr: (?:Command failed with )?(.+)/.exec(message)?.[1] ?? message.split("\n")[0];
  return said ?? message;
}
