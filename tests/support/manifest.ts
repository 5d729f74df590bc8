/** The fields that identify one object. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Any Kubernetes object, valid or not: the API server or a schema validates it. */
export interface Manifest extends ObjectReference {
  readonly metadata: ObjectReference["metadata"] & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
