import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A resource in Pulumi's state file. */
export interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly id?: string;
  readonly provider?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly retainOnDelete?: boolean;
}

interface StateFile {
  readonly checkpoint: { readonly latest: { resources: readonly StateResource[] } };
}

/** Changes the resources in a stack's state between two runs, as if another version of the program had written it. */
export function editState(
  { sandbox, stack }: { readonly sandbox: string; readonly stack: string },
  change: (resources: readonly StateResource[]) => readonly StateResource[],
): void {
  const file = join(sandbox, "state", ".pulumi", "stacks", "tailnet-edge", `${stack}.json`);
  const state = JSON.parse(readFileSync(file, "utf8")) as StateFile;
  const { latest } = state.checkpoint;
  latest.resources = change(latest.resources);
  writeFileSync(file, JSON.stringify(state));
}
