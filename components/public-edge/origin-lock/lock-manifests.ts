import { LOCK_HEADER } from "../../../worker/src/lock-header.ts";

/** Where Traefik finds the lock. */
export interface LockPlace {
  /** Namespace of both objects. Traefik must watch it. */
  readonly namespace: string;
  /** First part of the objects' names. */
  readonly name: string;
  /** Names of Traefik's entry points. Empty for its default ones. */
  readonly entryPoints: readonly string[];
  /** Value of the annotation `kubernetes.io/ingress.class`, if Traefik ignores objects without it. */
  readonly ingressClass?: string | undefined;
  /** Whether the Funnel's proxy connects to Traefik by TLS. */
  readonly tls: boolean;
}

/** The annotation that makes the Pulumi provider take over fields of another field manager. */
const TAKE_OVER = { "pulumi.com/patchForce": "true" };

/**
 * The highest priority that Traefik accepts on every platform: the largest `int` of a 32-bit one minus 1000 (Traefik,
 * "Routing & Load Balancing", router priority). A router without a priority has the length of its rule.
 */
export const LOCK_PRIORITY = 2 ** 31 - 1 - 1000;

/**
 * Builds the Traefik middleware that answers 403: it allows one address, which no request has as its source. A router
 * whose service is missing would not do: Traefik leaves it out, and answers 404 or with another router.
 */
export function refuseManifest(place: LockPlace) {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "Middleware",
    metadata: metadataOf(place, `${place.name}-refuse`),
    spec: { ipAllowList: { sourceRange: ["255.255.255.255/32"] } },
  };
}

/**
 * Builds the Traefik router that answers 403 to every request from Funnel without one of the secrets.
 *
 * It has no `Host`, so it covers every hostname, and the Funnel's own. Without the middleware, its service would still
 * answer 418. `syntax` keeps the rule valid where Traefik's default is the syntax of version 2; the resource
 * definitions of Traefik 2 do not have the field, so their API server rejects the router instead of ignoring the lock.
 *
 * @param match - see {@link lockRule}
 */
export function lockManifest<Match>(place: LockPlace, match: Match) {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: metadataOf(place, place.name),
    spec: {
      ...(place.entryPoints.length > 0 && { entryPoints: [...place.entryPoints] }),
      routes: [
        {
          kind: "Rule",
          match,
          syntax: "v3",
          priority: LOCK_PRIORITY,
          middlewares: [{ name: `${place.name}-refuse` }],
          services: [{ kind: "TraefikService", name: "noop@internal" }],
        },
      ],
      // A router is for TLS or for plain HTTP, never for both.
      ...(place.tls && { tls: {} }),
    },
  };
}

/**
 * The rule that matches requests from Funnel without one of the secrets.
 *
 * Every request from Funnel has the first header: the Funnel's proxy sets it, and removes one that a client sent
 * (module tailscale.com, `ipn/ipnlocal/serve.go`, addTailscaleIdentityHeaders). A request from the tailnet or from
 * within the cluster does not have it.
 *
 * @param secrets - hexadecimal, so that they need no quoting
 */
export function lockRule(secrets: readonly string[]): string {
  const wrong = secrets.map((secret) => `!Header(\`${LOCK_HEADER}\`, \`${secret}\`)`);
  return ["HeaderRegexp(`Tailscale-Funnel-Request`, `.*`)", ...wrong].join(" && ");
}

function metadataOf({ namespace, ingressClass }: LockPlace, name: string) {
  return {
    name,
    namespace,
    annotations: {
      ...TAKE_OVER,
      ...(ingressClass !== undefined && { "kubernetes.io/ingress.class": ingressClass }),
    },
  };
}
