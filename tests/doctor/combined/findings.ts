import type { Report } from "../../../doctor/core/report.ts";

/** The findings as `<check>: <cause>`. */
export function findings({ results }: Report): readonly string[] {
  return results.flatMap(({ id, finding }) => (finding ? `${id}: ${finding.cause}` : []));
}

/** The checks that explain failures of connections, each once. */
export function connectionRoots({ results }: Report): readonly string[] {
  const ofConnections = results.filter(({ group }) => group === "data path" || group === "private services");
  return [...new Set(ofConnections.flatMap(({ consequenceOf }) => consequenceOf ?? []))];
}
