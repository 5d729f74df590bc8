import type { Recording } from "../recording/recording.ts";

/** Renders a recording for tools, as one JSON document. */
export function renderJson(stack: string, { resources, outputs }: Recording): string {
  const plan = {
    stack,
    resources: resources.map(({ urn, type, name, parent, dependsOn, inputs, secretInputs }) => ({
      urn,
      type,
      name,
      parent: parent ?? null,
      dependsOn,
      inputs,
      secretInputs,
    })),
    outputs,
  };
  return JSON.stringify(plan, undefined, 2);
}
