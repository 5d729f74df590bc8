import Table from "cli-table3";
import { hops } from "../../components/public-edge/hops.ts";
import type { Via } from "../../components/public-edge/via.ts";
import { UNKNOWN } from "../recording/decode.ts";

/** The part of the stack's outputs that the tables need. */
interface ResolvedOutputs {
  readonly funnel?: { readonly expected: string; readonly actual: string };
  readonly originLock?: { readonly enforced: boolean };
  readonly hostnames: Readonly<
    Record<string, { readonly zone: string; readonly via: Via; readonly origins?: readonly string[] }>
  >;
}

/**
 * Renders a table of the eight hops for each public hostname; no table for a stack without a public edge.
 *
 * @param outputs - the stack's outputs, resolved
 */
export function hopTables(outputs: Readonly<Record<string, unknown>>): readonly string[] {
  const { funnel, hostnames, originLock } = outputs as unknown as ResolvedOutputs;
  if (funnel === undefined) return [];
  const known = funnel.actual !== UNKNOWN;
  const name = known ? funnel.actual : funnel.expected;
  const note = `${name} is the requested name; the assigned name is read from the Ingress's status after the first update.`;
  const tables = Object.entries(hostnames).map(([host, { zone, via, origins }]) => {
    const table = new Table({ head: ["Hop", host], style: { head: [], border: [] } });
    table.push(
      ...hops({ host, zone, via }, name, origins, originLock?.enforced).map(({ hop, expect }) => [
        hop,
        expect,
      ]),
    );
    return table.toString();
  });
  return known ? tables : [note, ...tables];
}
