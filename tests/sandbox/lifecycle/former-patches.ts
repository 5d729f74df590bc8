import { objectAt, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import {
  type Managers,
  managersOf,
  managersOfObject,
} from "../../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { editState, type StateResource } from "./edit-state.ts";

const FIELDS = "object-fields:index:ObjectFields";
const PATCHES: Readonly<Record<string, string>> = {
  ConfigMap: "kubernetes:core/v1:ConfigMapPatch",
  Deployment: "kubernetes:apps/v1:DeploymentPatch",
  Service: "kubernetes:core/v1:ServicePatch",
};
/** What that version did not have. */
const NOT_YET = ["pulumi:providers:object-fields", "object-fields:index:Cluster"];
/** The annotation with which a patch took fields over from others. */
const FORCE = "pulumi.com/patchForce";

interface ObjectFieldsState {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly fields: { readonly metadata?: { readonly annotations?: object } };
  readonly force: boolean;
  readonly onDelete: string;
  readonly fieldManager: string;
}

interface Project {
  readonly sandbox: string;
  readonly stack: string;
  withWorld<T>(use: (world: World) => T): T;
}

/**
 * Turns a deployed stack into one of a version that wrote fields of others' objects with the Kubernetes provider's patches: the
 * patch in the state, and its field manager and annotation on the object.
 */
export function toFormerPatches(project: Project): void {
  editState(project, (resources) => {
    const kubernetes = resources.find(({ type }) => type.endsWith(":Namespace"))?.provider;
    const urns = resources
      .filter(({ type }) => type === FIELDS)
      .map(({ urn, outputs }) => [urn, urn.replace(FIELDS, patchType(stateOf(outputs)))] as const);
    const renamed = urns.reduce(
      (text, [urn, former]) => text.replaceAll(JSON.stringify(urn), JSON.stringify(former)),
      JSON.stringify(resources),
    );
    return (JSON.parse(renamed) as readonly StateResource[])
      .filter(({ type }) => !NOT_YET.includes(type))
      .map((resource, index) =>
        resource.type === FIELDS ? formerPatch(resource, project, index, kubernetes) : resource,
      );
  });
}

function formerPatch(
  resource: StateResource,
  project: Project,
  index: number,
  provider: string | undefined,
): StateResource {
  if (provider === undefined) throw new Error("the stack has no Kubernetes provider");
  const state = stateOf(resource.outputs);
  const { apiVersion, kind, namespace, name, fields, force } = state;
  const manager = `pulumi-kubernetes-${index}`;
  const annotations = { ...fields.metadata?.annotations, ...(force && { [FORCE]: "true" }) };
  const inputs = { ...fields, apiVersion, kind, metadata: { name, namespace, annotations } };
  const live = project.withWorld((world) => {
    giveToPatch(world, state, manager);
    return objectAt(world, keyOf(state));
  });
  const outputs = { ...live, __inputs: inputs, __fieldManager: manager };
  const retained = state.onDelete === "keep" ? { retainOnDelete: true } : {};
  const id = `${namespace}/${name}`;
  return { ...resource, type: patchType(state), id, provider, inputs, outputs, ...retained };
}

/** Has the patch's manager own the fields, and with `force` the annotation that the patch left. */
function giveToPatch(world: World, state: ObjectFieldsState, manager: string): void {
  const object = objectAt(world, keyOf(state));
  const { [state.fieldManager]: owned = [], ...others } = managersOfObject(world, object);
  const forced = state.force ? [JSON.stringify(["metadata", "annotations", FORCE])] : [];
  const managers: Managers = { ...others, [manager]: [...owned, ...forced] };
  if (state.force) {
    const annotations = { ...object.metadata.annotations, [FORCE]: "true" };
    objects(world).set(keyOf(state), { ...object, metadata: { ...object.metadata, annotations } });
  }
  managersOf(world).set(keyOf(state), managers);
}

function stateOf(outputs: unknown): ObjectFieldsState {
  return outputs as ObjectFieldsState;
}

function patchType({ kind }: ObjectFieldsState): string {
  return PATCHES[kind] ?? kind;
}

function keyOf({ kind, namespace, name }: ObjectFieldsState): string {
  return `${kind} ${namespace}/${name}`;
}
