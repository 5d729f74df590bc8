import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";

/**
 * Returns the arguments by which Helm finds the chart. Closed networks use a mirror, a registry, or a copy on
 * disk.
 *
 * @param source - a Helm repository with the chart `tailscale-operator` (`https://…`), the chart in a registry
 * (`oci://…`), or the path of its folder or archive, relative to the project's folder
 */
export function chartReference(source: string): Pick<ReleaseArgs, "chart" | "repositoryOpts"> {
  if (source.startsWith("https://")) {
    return { chart: "tailscale-operator", repositoryOpts: { repo: source } };
  }
  return { chart: source };
}
