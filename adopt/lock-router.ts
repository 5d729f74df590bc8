import { lockRule } from "../components/public-edge/origin-lock/lock-manifests.ts";
import type { LiveObject } from "../live/kubernetes-client.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import { type Conflict, conflict } from "./finding.ts";
import { tailnetName } from "./tailnet-name.ts";

/** Type of the origin lock's router. */
export const ROUTER = "kubernetes:traefik.io/v1alpha1:IngressRoute";
/** Type of the component that every stack with a public edge has. */
export const FUNNEL = "tailnet-edge:exposure:FunnelIngress";

/**
 * A conflict of a router that demands the secret of a lost state. No update can send that secret again, so every visitor
 * gets a 403: until the router changes, which an update does last, or for good if the stack's file has no lock.
 *
 * @param resource - the router, or the Funnel of a stack that declares none
 * @param routers - the cluster's IngressRoutes
 * @param inState - URNs of the stack's state
 */
export function lostLock(
  resource: RecordedResource,
  resources: readonly RecordedResource[],
  routers: readonly LiveObject[],
  inState: ReadonlySet<string>,
): Conflict | undefined {
  if ([...inState].some((urn) => urn.endsWith(`$${ROUTER}::traefik-lock`))) return undefined;
  const ingress = resources.find(({ parent, inputs }) => parent?.includes(FUNNEL) && tailnetName(inputs));
  const name = `${tailnetName(ingress?.inputs ?? {}) ?? ""}-lock`;
  const router = routers.find(
    ({ metadata, spec }) => metadata.name === name && JSON.stringify(spec).includes(lockRule([])),
  );
  if (router === undefined) return undefined;
  const { namespace = "" } = router.metadata;
  return conflict(
    resource,
    `IngressRoute ${namespace}/${name}`,
    "the router of an origin lock whose secret is not in the stack's state",
    "no such router: after the first up, Cloudflare does not send that secret, so every visitor would get a 403",
    `delete it immediately before the first up, also if the stack's file has no lock: kubectl delete ingressroute.traefik.io -n ${namespace} ${name}`,
  );
}
