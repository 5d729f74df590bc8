import * as pulumi from "@pulumi/pulumi";

export interface ObjectFieldsArgs {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  /** Changing the object that these four name replaces the resource. */
  readonly name: string;
  /** The fields as in a manifest: `metadata.annotations`, `spec`, `data`. */
  readonly fields: pulumi.Inputs;
  /** Takes fields over that others own with another value. Without it, such a field is an error. Default: false. */
  readonly force?: boolean;
  /** Whether a missing object is created with these fields alone; default false: it is an error. */
  readonly creates?: boolean;
  /**
   * `release`: a deletion gives the fields up. One that nobody else owns is removed, or gets the API server's default.
   * `keep`: the fields stay as they are.
   */
  readonly onDelete: "keep" | "release";
  /** A controller's finalizer that the object must have lost before its deletion is complete. */
  readonly awaitedFinalizer?: string;
}

/**
 * Fields of an object that somebody else created. Its provider is in this folder.
 *
 * Unlike a patch of the Kubernetes provider, it compares with the live object in every preview and update, pairs list
 * items by their keys instead of by their index, and can wait for a controller's cleanup.
 */
export class ObjectFields extends pulumi.CustomResource {
  constructor(name: string, args: ObjectFieldsArgs, opts?: pulumi.CustomResourceOptions) {
    super("object-fields:index:ObjectFields", name, { force: false, creates: false, ...args }, opts);
  }
}
