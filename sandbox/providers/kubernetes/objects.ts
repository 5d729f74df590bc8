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

/** The cluster itself, which no API of the program's changes. */
export interface Cluster {
  /** OIDC issuer of its service accounts; without one any issuer is taken for it. */
  readonly issuer?: string;
  /**
   * How long an await looks on while nothing happens anywhere, in milliseconds. It stands for the provider's
   * ten minutes: what has not become ready when all is quiet never will.
   */
  readonly patienceMs: number;
}

/** Pods that were there before, as the endpoints of Services. */
export interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
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

export function cluster(world: World): Cluster {
  return world.table<Cluster>("kubernetes.cluster").get("-") ?? { patienceMs: 500 };
}

export function workloads(world: World): Table<Workload> {
  return world.table("kubernetes.workloads");
}

/** `Ingress traefik/edge`, or `Namespace tailscale` for what is in no namespace. */
export function keyOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return objectKey(kind, metadata.namespace, metadata.name);
}

export function objectKey(kind: string, namespace: string | undefined, name: string): string {
  return isNamespaced(kind) ? `${kind} ${namespace ?? "default"}/${name}` : `${kind} ${name}`;
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

/** `ingresses.networking.k8s.io "edge"`, as the API server names objects. */
export function described({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.split("/");
  const plural = kind.endsWith("s") ? `${kind.toLowerCase()}es` : `${kind.toLowerCase()}s`;
  return `${plural}${version === undefined ? "" : `.${group ?? ""}`} "${metadata.name}"`;
}

/** @throws ApiError if the API server would not make the object */
export function admit(world: World, object: KubernetesObject): void {
  const { kind, metadata } = object;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(metadata.name)) {
    throw new ApiError(422, `${described(object)} is invalid: metadata.name: not a lowercase RFC 1123 name`);
  }
  if (isNamespaced(kind)) {
    const namespace = objects(world).get(objectKey("Namespace", undefined, metadata.namespace ?? "default"));
    const name = metadata.namespace ?? "default";
    if (namespace === undefined) throw new ApiError(404, `namespaces "${name}" not found`);
    if (namespace.metadata.deletionTimestamp !== undefined) {
      throw new ApiError(
        403,
        `${described(object)} is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
      );
    }
  }
  const present = objects(world).get(keyOf(object));
  if (present === undefined) return;
  const prefix = present.metadata.deletionTimestamp === undefined ? "" : "object is being deleted: ";
  throw new ApiError(409, `${prefix}${described(object)} already exists`);
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
