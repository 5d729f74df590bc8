import { execFile } from "node:child_process";
import { parseAllDocuments, stringify } from "yaml";
import { CHART_VERSIONS, renderChart } from "./chart.ts";
import type { KubernetesObject } from "./objects.ts";
import type { ReleaseInputs } from "./release-inputs.ts";

/** The annotation by which Helm knows the objects of a release. */
export const RELEASED_BY = "meta.helm.sh/release-name";

/** Renders the chart and runs the post-renderer over it, as Helm does: in the program's folder, without arguments. */
export async function render(wanted: ReleaseInputs, folder: string): Promise<KubernetesObject[]> {
  const { chart, repositoryOpts, version = CHART_VERSIONS.at(-1) ?? "", namespace = "default" } = wanted;
  if (!/(^|\/)tailscale-operator(-[\d.]+\.tgz)?$/.test(chart)) {
    throw new Error(`chart "${chart}" not found in ${repositoryOpts?.repo ?? "any repository"}`);
  }
  if (!CHART_VERSIONS.includes(version)) {
    throw new Error(
      `chart "${chart}" matching ${version} not found: the sandbox has ${CHART_VERSIONS.join(", ")}`,
    );
  }
  const objects = renderChart(version, wanted.values ?? {}, namespace);
  const manifests = objects.map((object) => `---\n${stringify(object)}`).join("");
  const rendered =
    wanted.postrender === undefined ? manifests : await postRender(wanted.postrender, folder, manifests);
  return parseAllDocuments(rendered).flatMap((document) => {
    const object = document.toJS() as KubernetesObject | null;
    if (object === null) return [];
    const annotations = { ...object.metadata.annotations, [RELEASED_BY]: wanted.name };
    return [{ ...object, metadata: { ...object.metadata, annotations } }];
  });
}

async function postRender(executable: string, folder: string, manifests: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile(executable, { cwd: folder, maxBuffer: Infinity }, (error, stdout, stderr) => {
      if (error) reject(new Error(`error while running post render: ${stderr.trim() || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(manifests);
  });
}
