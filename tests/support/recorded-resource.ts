import type { RecordedResource } from "../../plan/recording/recording.ts";

/** The options of a resource for which the program sets none. */
export const DEFAULT_OPTIONS: RecordedResource["options"] = {
  retainOnDelete: false,
  isDeletedWithAnother: false,
  deleteBeforeReplace: false,
  replaceOnChanges: [],
  ignoreChanges: [],
  replacementTrigger: undefined,
  importId: undefined,
  hooks: [],
};

/** A recorded resource; everything that is not given has a neutral value. */
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
