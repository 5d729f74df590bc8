import type { types } from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

/** Regions that Cloudflare can place a Durable Object in ("Durable Objects: data location", location hints). */
export const POOL_LOCATIONS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;

/** How the Worker connects to the Funnel. Times in seconds. */
export interface WorkerSettings {
  /** The ts.net names of other clusters' Funnels, which get a request if this cluster's fails, in this order. */
  readonly origins: readonly string[];
  readonly connectTimeout: number;
  readonly responseTimeout: number;
  /** Undefined if every request has its own connection. */
  readonly pool: PoolSettings | undefined;
}

/** How Durable Objects keep connections to the Funnel. */
export interface PoolSettings {
  /** How many objects share the requests. */
  readonly objects: number;
  /** Undefined lets Cloudflare place each object near its first visitor. */
  readonly location: (typeof POOL_LOCATIONS)[number] | undefined;
  /** Seconds for which an idle connection is kept. */
  readonly idleTimeout: number;
}

type Binding = types.input.WorkersScriptBinding;

/**
 * What the Worker and the pool both need to know.
 *
 * @param lock - the secret of the origin lock; undefined without a lock
 */
export function originBindings(
  funnel: pulumi.Input<string>,
  { origins, connectTimeout, responseTimeout }: WorkerSettings,
  lock: pulumi.Input<string> | undefined,
): Binding[] {
  return [
    text(
      "ORIGIN",
      pulumi.output(funnel).apply((own) => [own, ...origins].join(",")),
    ),
    text("CONNECT_TIMEOUT_MS", String(connectTimeout * 1000)),
    text("RESPONSE_TIMEOUT_MS", String(responseTimeout * 1000)),
    ...(lock === undefined ? [] : [{ name: "ORIGIN_LOCK", type: "secret_text", text: lock }]),
  ];
}

/** What the Worker needs to reach the pool. */
export function poolBindings(
  { objects, location }: PoolSettings,
  poolScript: pulumi.Input<string>,
): Binding[] {
  return [
    { name: "POOL", type: "durable_object_namespace", className: "OriginPool", scriptName: poolScript },
    text("POOL_OBJECTS", String(objects)),
    ...(location === undefined ? [] : [text("POOL_LOCATION", location)]),
  ];
}

/** What only the pool needs. */
export function idleBindings({ idleTimeout }: PoolSettings): Binding[] {
  return [text("IDLE_TIMEOUT_MS", String(idleTimeout * 1000))];
}

function text(name: string, value: pulumi.Input<string>): Binding {
  return { name, type: "plain_text", text: value };
}
