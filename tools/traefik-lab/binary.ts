import { join } from "node:path";
import { cachedTool } from "../cached-tool.ts";
import { buildGoProgram } from "../go.ts";

/** The Traefik version that tools/traefik/go.mod pins. */
export const TRAEFIK_VERSION = "v3.5.3";

const MODULE = join(import.meta.dirname, "..", "traefik");

/** Path of Traefik's program. If not cached, builds the version that tools/traefik/go.mod pins. */
export async function traefikBinary(): Promise<string> {
  const folder = await cachedTool({
    name: `traefik-${TRAEFIK_VERSION}`,
    source: MODULE,
    build: async (into, report) => {
      await buildGoProgram({
        module: MODULE,
        package: "github.com/traefik/traefik/v3/cmd/traefik",
        output: join(into, "traefik"),
        linkerFlags: `-X github.com/traefik/traefik/v3/pkg/version.Version=${TRAEFIK_VERSION}`,
        report,
      });
    },
  });
  return join(folder, "traefik");
}
