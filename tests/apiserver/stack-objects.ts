import { SECRET } from "../../plan/recording/decode.ts";
import type { RecordedResource, Recording } from "../../plan/recording/recording.ts";
import type { Manifest } from "../support/manifest.ts";
import type { ApiServer } from "./api-server.ts";

/** A Kubernetes object of a stack, as Pulumi's provider sends it. */
export interface StackObject {
  readonly object: Manifest;
  /** Whether it is a patch: some fields of an object that others make, under a manager of its own. */
  readonly patch: boolean;
  readonly fieldManager: string;
  readonly force: boolean;
  /** Whether it stays when the stack no longer has it. */
  readonly kept: boolean;
}

/** The Kubernetes objects of a stack by URN. What the Helm release installs is not among them. */
export function stackObjects({ resources }: Recording): ReadonlyMap<string, StackObject> {
  return new Map(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
      .map((resource) => [resource.urn, stackObject(resource)]),
  );
}

function stackObject({ type, name, inputs, options }: RecordedResource): StackObject {
  const { stringData, ...rest } = inputs as unknown as Manifest;
  const annotations = rest.metadata["annotations"] as Readonly<Record<string, string>> | undefined;
  return {
    // A Secret that is wholly hidden has no map any more.
    object: stringData === undefined || stringData === SECRET ? rest : { ...rest, stringData },
    patch: type.endsWith("Patch"),
    fieldManager: `pulumi-${name}`,
    force: annotations?.["pulumi.com/patchForce"] === "true",
    kept: options.retainOnDelete,
  };
}

/** One thing that an update does to the cluster. */
export type Operation = `${"create" | "update" | "delete" | "relinquish"} ${string}`;

/**
 * Brings the objects of one plan to those of another, in the order in which Pulumi does: first all that is made
 * or changed, then what is gone, what waits for others before them. A patch that is gone gives its fields up; one that is kept is forgotten.
 *
 * @param after - called behind each operation, which is done by then
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
  for (const [urn, gone] of [...from].reverse()) {
    if (to.has(urn) || gone.kept) continue;
    if (gone.patch) {
      const { apiVersion, kind, metadata } = gone.object;
      const { name, namespace } = metadata;
      const identity = {
        apiVersion,
        kind,
        metadata: { name, ...(namespace !== undefined && { namespace }) },
      };
      await client.apply(identity, { fieldManager: gone.fieldManager });
      await done(`relinquish ${titleOf(gone)}`);
    } else {
      await client.delete(gone.object);
      await done(`delete ${titleOf(gone)}`);
    }
  }
  return operations;
}

function titleOf({ object, patch }: StackObject): string {
  return `${object.kind}${patch ? "Patch" : ""} ${object.metadata.name}`;
}
