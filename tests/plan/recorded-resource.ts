import type { RecordedResource } from "../../plan/recorder.ts";

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
    options: {
      retainOnDelete: false,
      deleteBeforeReplace: false,
      replaceOnChanges: [],
      replacementTrigger: undefined,
      importId: undefined,
    },
    ...rest,
  };
}
