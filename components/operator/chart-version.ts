/**
 * Default version of the chart `tailscale-operator`. The operator's images are released under the same number.
 *
 * Every other file reads it from here. tools/chart/go.mod requires the release's source at the same version.
 */
export const CHART_VERSION = "1.96.5";

/**
 * The nameserver image of a chart's release. A tag cannot hold the build metadata of a version (`+…`).
 *
 * @param registry - a registry or mirror; undefined for Docker Hub
 */
export function nameserverImage(chartVersion: string, registry?: string): string {
  const image = `tailscale/k8s-nameserver:v${chartVersion.replace(/\+.*$/, "")}`;
  return registry === undefined ? image : `${registry}/${image}`;
}
