import { SECRET } from "../../plan/recording/decode.ts";
import type { RecordedResource, Recording } from "../../plan/recording/recording.ts";
import type { ObjectFieldsInputs } from "../../providers/object-fields/inputs.ts";
import type { Manifest } from "../support/manifest.ts";
import type { ApiServer } from "./api-server.ts";

/** A Kubernetes object of a stack, as Pulumi's provider sends it. */
export interface StackObject {
  readonly object: Manifest;
  /** Whether it is a patch: fields of an object that others create, with a manager of its own. */
  readonly patch: boolean;
  readonly fieldManager: string;
  readonly force: boolean;
  /** Whether it stays in the cluster when the stack no longer has it. */
  readonly kept: boolean;
  /** Whether it stays in the cluster when the whole stack is destroyed. */
  readonly keptByDestroy: boolean;
}

/** The Kubernetes objects of a stack by URN, without those of the Helm release. */
export function stackObjects({ resources }: Recording): ReadonlyMap<string, StackObject> {
  return new Map(
    resources
      .filter(({ type }) => /^(?:kubernetes|object-fields):(?!helm\.sh\/|index:Cluster$)/.test(type))
      .map((resource) => [
        resource.urn,
        resource.type === OBJECT_FIELDS ? objectFields(resource) : stackObject(resource),
      ]),
  );
}

const OBJECT_FIELDS = "object-fields:index:ObjectFields";

function objectFields({ name: resource, inputs }: RecordedResource): StackObject {
  const { apiVersion, kind, namespace, name, fields, force, onDelete } =
    inputs as unknown as ObjectFieldsInputs;
  const { metadata, ...rest } = fields as { readonly metadata?: object };
  return {
    object: { apiVersion, kind, metadata: { ...metadata, name, namespace }, ...rest },
    patch: true,
    fieldManager: `tailnet-edge-tazlab-${resource}`,
    force,
    kept: onDelete === "keep",
    keptByDestroy: false,
  };
}

function stackObject({ name, inputs, options }: RecordedResource): StackObject {
  const { stringData, ...rest } = inputs as unknown as Manifest;
  return {
    // A fully masked Secret is a string and not a map.
    object: stringData === undefined || stringData === SECRET ? rest : { ...rest, stringData },
    patch: false,
    fieldManager: `pulumi-${name}`,
    force: false,
    kept: options.retainOnDelete,
    keptByDestroy: options.isDeletedWithAnother,
  };
}

/** One operation of an update. `relinquish` gives up the fields of a deleted patch. */
export type Operation = `${"create" | "update" | "delete" | "relinquish"} ${string}`;

/**
 * Updates the API server from the objects of one plan to those of another, in Pulumi's order: first creates and
 * updates, then deletes, dependents before their dependencies. A deleted patch gives up its fields. A kept object
 * stays as it is.
 *
 * @param after - called after each completed operation
 */
export async function update(
  { client }: ApiServer,
  from: ReadonlyMap<string, StackObject>,
  to: ReadonlyMap<string, StackObject>,
  after: (operation: Operation) => Promise<void>,
): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  const done = async (operation: Operation) => {
    operations.push(operation);
    await after(operation);
  };
  for (const [urn, wanted] of to) {
    const known = from.get(urn);
    if (JSON.stringify(known) === JSON.stringify(wanted)) continue;
    await client.apply(wanted.object, wanted);
    await done(`${known === undefined ? "create" : "update"} ${titleOf(wanted)}`);
  }
  for (const [urn, removed] of [...from].reverse()) {
    if (to.has(urn) || removed.kept || (removed.keptByDestroy && to.size === 0)) continue;
    if (removed.patch) {
      const { apiVersion, kind, metadata } = removed.object;
      const { name, namespace } = metadata;
      const identity = {
        apiVersion,
        kind,
        metadata: { name, ...(namespace !== undefined && { namespace }) },
      };
      await client.apply(identity, { fieldManager: removed.fieldManager });
      await done(`relinquish ${titleOf(removed)}`);
    } else {
      await client.delete(removed.object);
      await done(`delete ${titleOf(removed)}`);
    }
  }
  return operations;
}

function titleOf({ object, patch }: StackObject): string {
  return `${object.kind}${patch ? " fields" : ""} ${object.metadata.name}`;
}
