import type { RecordedResource } from "./recording.ts";

/**
 * Replaces the test runtime's URNs by those that Pulumi's engine assigns. The test runtime puts only the
 * parent's type into a URN; the engine puts in the types of all ancestors except the stack.
 *
 * @param resources - parents before their children
 */
export function withEngineUrns(resources: readonly RecordedResource[]): readonly RecordedResource[] {
  const urns = new Map<string, string>();
  for (const { urn, parent, type, name } of resources) {
    const [stack, project] = urn.slice("urn:pulumi:".length).split("::");
    const parentTypes = parent === undefined ? undefined : urns.get(parent)?.split("::")[2];
    const types = parentTypes === undefined || parentTypes === STACK_TYPE ? type : `${parentTypes}$${type}`;
    urns.set(urn, `urn:pulumi:${stack}::${project}::${types}::${name}`);
  }
  const engineUrn = (urn: string) => urns.get(urn) ?? urn;
  return resources.map((resource) => ({
    ...resource,
    urn: engineUrn(resource.urn),
    parent: resource.parent && engineUrn(resource.parent),
    dependsOn: resource.dependsOn.map(engineUrn).toSorted(),
  }));
}

export const STACK_TYPE = "pulumi:pulumi:Stack";
