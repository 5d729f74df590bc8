import { execFile } from "node:child_process";
import { parseAllDocuments, stringify } from "yaml";
import type { KubernetesObject } from "../api-server/objects.ts";
import { CHART_VERSIONS, renderChart } from "./chart.ts";
import type { ReleaseInputs } from "./release-inputs.ts";

/** Annotations with which Helm marks the objects of a release. */
export function ownership({ name, namespace = "default" }: Pick<ReleaseInputs, "name" | "namespace">) {
  return { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace };
}

/**
 * Renders the chart and pipes the result through the release's post-renderer. Helm runs it in the program's folder
 * and without arguments (Helm, "Post Rendering").
 *
 * @throws Error for an unknown chart or version, or a failed post-renderer
 */
export async function renderRelease(wanted: ReleaseInputs, folder: string): Promise<KubernetesObject[]> {
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
    const annotations = { ...object.metadata.annotations, ...ownership(wanted) };
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
