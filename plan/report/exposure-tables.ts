import Table from "cli-table3";
import type { MigrationRow } from "../../components/private-services/migration-rows.ts";
import { UNKNOWN } from "../recording/decode.ts";

/** The part of the stack's resolved outputs that the tables show. */
interface ResolvedOutputs {
  readonly exposure: readonly {
    readonly name: string;
    readonly requested: string;
    readonly address: string;
    readonly allowed: readonly string[];
    readonly route: string;
  }[];
  readonly migration?: readonly MigrationRow[];
}

/**
 * Renders two tables: who can reach what, public and private, and which services move to the tailnet. A table
 * without rows is left out.
 *
 * @param outputs - the stack's outputs, resolved
 */
export function exposureTables(outputs: Readonly<Record<string, unknown>>): readonly string[] {
  const { exposure, migration = [] } = outputs as unknown as ResolvedOutputs;
  return [
    table(
      ["Service", "Address", "Who can reach it", "Route"],
      exposure.map(({ name, requested, address, allowed, route }) => [
        name,
        address === UNKNOWN ? requested : address,
        allowed.join(", "),
        route,
      ]),
    ),
    table(
      ["Service", "Before", "After", "Phase"],
      migration.map(({ service, before, after, phase }) => [service, before, after, phase]),
    ),
  ].flat();
}

function table(head: string[], rows: readonly string[][]): readonly string[] {
  if (rows.length === 0) return [];
  const drawn = new Table({ head, style: { head: [], border: [] } });
  drawn.push(...rows);
  return [drawn.toString()];
}
