import * as pulumi from "@pulumi/pulumi";

/** Why an object could not be read. */
interface ReadFailure {
  readonly found: string;
  readonly allowed: string;
  readonly fix: string;
}

/** `exists` is undefined if nobody answered, as in the offline plan. */
export type FoundObject =
  | { readonly exists: boolean | undefined; /** Its `spec.type`. */ readonly type?: string | undefined }
  | { readonly failure: ReadFailure };

/**
 * Looks up an object that may be absent, in every preview and update. The Kubernetes provider cannot: its `get` fails.
 *
 * The lookup leaves nothing in the stack's state.
 */
export async function findObject(place: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): Promise<FoundObject> {
  const inputs = { ...place, stack: pulumi.getStack() };
  return (await pulumi.runtime.invoke("object-fields:index:findObject", inputs)) as FoundObject;
}
