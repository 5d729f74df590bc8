import { join } from "node:path";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import { cachedTool } from "../../tools/cached-tool.ts";
import { buildGoProgram, GO_ENVIRONMENT } from "../../tools/go.ts";
import type { Manifest } from "./manifest.ts";

export interface RenderOptions {
  /** Executable that Helm runs on the rendered manifests, like the `postrender` of a release. */
  readonly postRenderer?: string;
}

const source = join(import.meta.dirname, "..", "..", "tools", "chart");

/** Folder of the published chart tailscale-operator, which a Helm release accepts as a local chart. */
export async function operatorChartFolder(): Promise<string> {
  return join(await chartTool(), "tailscale-operator");
}

/**
 * Renders the chart with the given values over its defaults, as release `tailscale-operator` in the namespace
 * `tailscale`. The documents are in the order in which Helm installs them.
 *
 * Rejects with Helm's own message if the chart rejects the values or the post-renderer fails.
 */
export async function renderOperatorChart(
  values: Readonly<Record<string, unknown>>,
  options: RenderOptions = {},
): Promise<Manifest[]> {
  const tool = await chartTool();
  const postRenderer = options.postRenderer === undefined ? [] : ["--post-renderer", options.postRenderer];
  const { stdout } = await execa(
    join(tool, "chart"),
    [
      "render",
      ...["--chart", await operatorChartFolder()],
      ...["--release-name", "tailscale-operator"],
      ...["--namespace", "tailscale"],
      ...postRenderer,
    ],
    { input: JSON.stringify(values) },
  );
  // Helm reads YAML 1.1. In YAML 1.2 an unquoted `no` is a string, but in the cluster it would be a boolean.
  return parseAllDocuments(stdout, { version: "1.1" }).flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    // A template whose condition is false leaves a document with only comments, which Helm does not install.
    const object = document.toJS() as Manifest | null;
    return object === null ? [] : [object];
  });
}

async function chartTool(): Promise<string> {
  return await cachedTool({
    name: "chart",
    source,
    build: async (into) => {
      const program = join(into, "chart");
      await buildGoProgram({ module: source, package: ".", output: program });
      await execa(program, ["package", into], { cwd: source, env: GO_ENVIRONMENT });
    },
  });
}
