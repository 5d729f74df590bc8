import type { RecordedResource } from "../../plan/recorder.ts";

/** The options of a resource of which the program says nothing. */
export const DEFAULT_OPTIONS: RecordedResource["options"] = {
  retainOnDelete: false,
  deleteBeforeReplace: false,
  replaceOnChanges: [],
  ignoreChanges: [],
  replacementTrigger: undefined,
  importId: undefined,
};

/** A recorded resource of which only some things matter. */
export function resource(
  urn: string,
  parent: string | undefined,
  rest: Partial<RecordedResource> = {},
): RecordedResource {
  return {
    urn,
    type: urn.split("::")[2] ?? "",
    name: urn.split("::")[3] ?? "",
    parent,
    dependsOn: [],
    inputs: {},
    secretInputs: [],
    options: DEFAULT_OPTIONS,
    ...rest,
  };
}
