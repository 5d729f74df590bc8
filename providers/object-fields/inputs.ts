import { z } from "zod";

export const objectFieldsInputs = z.strictObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  namespace: z.string().min(1),
  name: z.string().min(1),
  fields: z.record(z.string(), z.unknown()),
  force: z.boolean(),
  creates: z.boolean(),
  onDelete: z.enum(["keep", "release"]),
  awaitedFinalizer: z.string().optional(),
});

/** The fields of one object that a stack owns. */
export type ObjectFieldsInputs = Readonly<z.infer<typeof objectFieldsInputs>>;

/** The object that a request is about. */
export type Place = Pick<ObjectFieldsInputs, "apiVersion" | "kind" | "name" | "namespace">;

/** Inputs that identify the object. With another one, the resource is replaced. */
export const IDENTITY = ["apiVersion", "kind", "namespace", "name"] as const;

/** `Service git/git-ssh` */
export function placeText({ kind, namespace, name }: Pick<Place, "kind" | "name" | "namespace">): string {
  return `${kind} ${namespace}/${name}`;
}
