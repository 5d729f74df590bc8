import { CHART_VERSION } from "../../components/operator/chart-version.ts";

/** Replaces the chart's version in a rendered text, so that a bump of the chart changes no golden. */
export function maskChartVersion(text: string): string {
  return text.replaceAll(CHART_VERSION, "<chart version>");
}
