import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../../../world/api.ts";
import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import { isRecord, type Props } from "../../values.ts";

/** An object as the API server stores it. */
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
  /** Set from the request to delete until the last finalizer is removed. */
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

/** `Ingress traefik/edge`; for a cluster-scoped object `Namespace tailscale`. */
export function keyOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return objectKey(kind, metadata.namespace, metadata.name);
}

export function objectKey(kind: string, namespace: string | undefined, name: string): string {
  return isNamespaced(kind) ? `${kind} ${namespace ?? "default"}/${name}` : `${kind} ${name}`;
}

export function namespaceKey(name: string): string {
  return objectKey("Namespace", undefined, name);
}

/** The ID that Pulumi's provider gives an object: `traefik/edge`; if it is cluster-scoped, `tailscale`. */
export function idOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return isNamespaced(kind) ? `${metadata.namespace ?? "default"}/${metadata.name}` : metadata.name;
}

export function keyOfId(kind: string, id: string): string {
  const [name = id, namespace] = id.split("/").reverse();
  return objectKey(kind, namespace, name);
}

/** The fields that identify an object, and no others. */
export function identityOf({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** The object as in a manifest: without the fields that the API server and controllers set. */
export function manifestOf({ metadata, ...object }: KubernetesObject): Props {
  return { ...without(object, "status"), metadata: without(metadata, "uid", "deletionTimestamp") };
}

/** The value without some of its keys. */
export function without(value: object, ...keys: readonly string[]): Props {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** The object with its namespace, which defaults to `default`. */
export function withNamespace(object: KubernetesObject): KubernetesObject {
  const { kind, metadata } = object;
  return isNamespaced(kind)
    ? { ...object, metadata: { ...metadata, namespace: metadata.namespace ?? "default" } }
    : object;
}

export function isNamespaced(kind: string): boolean {
  return !CLUSTER_SCOPED.includes(kind);
}

/** @throws ApiError 404 if there is no such object */
export function objectAt(world: World, key: string): KubernetesObject {
  const found = objects(world).get(key);
  if (found === undefined) throw new ApiError(404, `${key} not found`);
  return found;
}

/** Writes the status, as a controller does. An unchanged status changes nothing. */
export function setStatus(world: World, key: string, status: Props): void {
  const object = objectAt(world, key);
  if (!isDeepStrictEqual(object.status, status)) objects(world).set(key, { ...object, status });
}

/** `ingresses`: the name of a kind in the paths of the API server. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return word.endsWith("s") ? `${word}es` : `${word}s`;
}

/** `ingresses.networking.k8s.io "edge"`: the name of an object in the API server's messages. */
export function displayName({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.split("/");
  return `${pluralOf(kind)}${version === undefined ? "" : `.${group ?? ""}`} "${metadata.name}"`;
}

export function annotation({ metadata }: KubernetesObject, name: string): string | undefined {
  return metadata.annotations?.[name];
}

/** The string at a path in an object; undefined if there is none. */
export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), value);
  return typeof found === "string" ? found : undefined;
}
