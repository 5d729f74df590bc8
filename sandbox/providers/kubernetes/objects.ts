import { isDeepStrictEqual } from "node:util";
import type { Table } from "../../world/table.ts";
import { ApiError } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import { isRecord, type Props } from "../values.ts";

/** An object as the API server keeps it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: Props;
  readonly status?: Props;
  readonly data?: Readonly<Record<string, string>>;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** Set from the request to delete until the last finalizer is gone. */
  readonly deletionTimestamp?: string;
}

const CLUSTER_SCOPED = [
  "Namespace",
  "CustomResourceDefinition",
  "IngressClass",
  "PriorityClass",
  "ProxyClass",
  "ProxyGroup",
  "Connector",
  "DNSConfig",
  "Tailnet",
];

/** All objects by {@link keyOf}. */
export function objects(world: World): Table<KubernetesObject> {
  return world.table("kubernetes.objects");
}

/** `Ingress traefik/edge`, or `Namespace tailscale` for what is in no namespace. */
export function keyOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return objectKey(kind, metadata.namespace, metadata.name);
}

export function objectKey(kind: string, namespace: string | undefined, name: string): string {
  return isNamespaced(kind) ? `${kind} ${namespace ?? "default"}/${name}` : `${kind} ${name}`;
}

/** The provider's ID of an object: `traefik/edge`, or `tailscale` for what is in no namespace. */
export function idOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return isNamespaced(kind) ? `${metadata.namespace ?? "default"}/${metadata.name}` : metadata.name;
}

export function keyOfId(kind: string, id: string): string {
  const [name = id, namespace] = id.split("/").reverse();
  return objectKey(kind, namespace, name);
}

/** What tells which object is meant, and nothing else of it. */
export function identityOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** The object as somebody would write it: without what the API server and the controllers put in. */
export function asWritten({ metadata, ...object }: KubernetesObject): Props {
  return { ...without(object, "status"), metadata: without(metadata, "uid", "deletionTimestamp") };
}

function without(value: object, ...keys: readonly string[]): Props {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** The object with its namespace, which is `default` where none is given. */
export function namespaced(object: KubernetesObject): KubernetesObject {
  const { kind, metadata } = object;
  return isNamespaced(kind)
    ? { ...object, metadata: { ...metadata, namespace: metadata.namespace ?? "default" } }
    : object;
}

export function isNamespaced(kind: string): boolean {
  return !CLUSTER_SCOPED.includes(kind);
}

/** Reads an object that the world is sure to have: the caller has just found or made it. */
export function objectAt(world: World, key: string): KubernetesObject {
  const found = objects(world).get(key);
  if (found === undefined) throw new ApiError(404, `${key} not found`);
  return found;
}

/** What a controller tells of an object. */
export function setStatus(world: World, key: string, status: Props): void {
  const object = objectAt(world, key);
  if (!isDeepStrictEqual(object.status, status)) objects(world).set(key, { ...object, status });
}

/** `ingresses`, as the API server names a kind in its paths. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return word.endsWith("s") ? `${word}es` : `${word}s`;
}

/** `ingresses.networking.k8s.io "edge"`, as the API server names objects. */
export function described({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.split("/");
  return `${pluralOf(kind)}${version === undefined ? "" : `.${group ?? ""}`} "${metadata.name}"`;
}

/** @throws ApiError if the API server would not make the object */
export function admit(world: World, object: KubernetesObject): void {
  const { metadata } = object;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(metadata.name)) {
    throw new ApiError(422, `${described(object)} is invalid: metadata.name: not a lowercase RFC 1123 name`);
  }
  requireNamespace(world, object);
  const present = objects(world).get(keyOf(object));
  if (present === undefined) return;
  const prefix = present.metadata.deletionTimestamp === undefined ? "" : "object is being deleted: ";
  throw new ApiError(409, `${prefix}${described(object)} already exists`);
}

/** @throws ApiError if the object's namespace is not there to make or change anything in it */
export function requireNamespace(world: World, object: KubernetesObject): void {
  if (!isNamespaced(object.kind)) return;
  const name = object.metadata.namespace ?? "default";
  const namespace = objects(world).get(objectKey("Namespace", undefined, name));
  if (namespace === undefined) throw new ApiError(404, `namespaces "${name}" not found`);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  throw new ApiError(
    403,
    `${described(object)} is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
  );
}

/** Labels or annotations, of which Pulumi's inputs may have none. */
export function annotation({ metadata }: KubernetesObject, name: string): string | undefined {
  return metadata.annotations?.[name];
}

/** A text somewhere in an object; undefined if there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), value);
  return typeof found === "string" ? found : undefined;
}
