import { join } from "node:path";
import { cachedTool } from "../../tools/cached-tool.ts";
import { buildGoProgram } from "../../tools/go.ts";

const MODULE = join(import.meta.dirname, "..", "..", "tools", "kubectl");

/** Path of the folder with the command kubectl. If not cached, builds the version that tools/kubectl/go.mod pins. */
export async function kubectlBinary(): Promise<string> {
  return await cachedTool({
    name: "kubectl",
    source: MODULE,
    build: async (into, report) => {
      await buildGoProgram({ module: MODULE, package: ".", output: join(into, "kubectl"), report });
    },
  });
}
