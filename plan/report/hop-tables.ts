import Table from "cli-table3";
import { hops } from "../../components/public-edge/hops.ts";
import type { Via } from "../../components/public-edge/via.ts";
import { UNKNOWN } from "../recording/decode.ts";

/** The stack's outputs, resolved, as far as they are read here. */
interface ResolvedOutputs {
  readonly funnel?: { readonly expected: string; readonly actual: string };
  readonly hostnames: Readonly<Record<string, { readonly zone: string; readonly via: Via }>>;
}

/**
 * The eight hops of each public hostname, a table each; none for a stack without a public edge.
 *
 * @param outputs - the stack's outputs, resolved
 */
export function hopTables(outputs: Readonly<Record<string, unknown>>): readonly string[] {
  const { funnel, hostnames } = outputs as unknown as ResolvedOutputs;
  if (funnel === undefined) return [];
  const known = funnel.actual !== UNKNOWN;
  const name = known ? funnel.actual : funnel.expected;
  const note = `${name} is the name asked for; the real one is read from the Ingress's status once it is there.`;
  const tables = Object.entries(hostnames).map(([host, { zone, via }]) => {
    const table = new Table({ head: ["Hop", host], style: { head: [], border: [] } });
    table.push(...hops({ host, zone, via }, name).map(({ hop, expect }) => [hop, expect]));
    return table.toString();
  });
  return known ? tables : [note, ...tables];
}
