/** Names one object, as every manifest does. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Any Kubernetes object; what its kind requires is for the API server to say. */
export interface Manifest extends ObjectReference {
  readonly metadata: ObjectReference["metadata"] & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
