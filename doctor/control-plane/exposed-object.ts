import { fqdnMismatch } from "../../components/operator/fqdn-mismatch.ts";
import type { Cause as Explanation } from "../../explain/cluster-causes.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import { broken, ok, type Outcome } from "../core/check.ts";
import { clusterCause } from "./cluster-cause.ts";

/** An Ingress or Service that the operator publishes on the tailnet. */
export interface ExposedObject {
  readonly apiVersion: string;
  readonly kind: "Ingress" | "Service";
  readonly namespace: string;
  readonly name: string;
  /** The ts.net name that it should get. */
  readonly expected: string;
  /** The name in the stack's outputs; undefined if they have none. */
  readonly recorded?: string | undefined;
  /** Whether its own proxy keeps a certificate. A ProxyGroup keeps them per name, and a Service has none. */
  readonly hasCertificate: boolean;
}

/**
 * Whether the object has the expected ts.net name in its status.
 *
 * @param explanations - what the cluster shows about this object and the operator's namespace
 */
export function exposedOutcome(
  wanted: ExposedObject,
  object: LiveObject | undefined,
  explanations: readonly Explanation[],
): Outcome {
  const name = `${wanted.kind} ${wanted.namespace}/${wanted.name}`;
  if (object === undefined) return broken("exposed-object-missing", `no ${name}`);
  const assigned = assignedName(object);
  if (assigned === undefined) {
    const found = clusterCause(explanations);
    const evidence = `${name} has no hostname in its status`;
    return broken(
      found?.cause ?? "name-not-assigned",
      found === undefined ? evidence : `${evidence}; ${found.evidence}`,
    );
  }
  const { expected, recorded = assigned } = wanted;
  if (fqdnMismatch(expected, assigned, { consequence: "", object: name }) !== undefined) {
    const isElsewhere = domainOf(assigned) !== domainOf(expected);
    return broken(
      isElsewhere ? "other-tailnet" : "name-taken",
      `${name} is named ${assigned}, not ${expected}`,
    );
  }
  if (recorded !== assigned) {
    return broken("outputs-outdated", `${name} is named ${assigned}; the stack's outputs say ${recorded}`);
  }
  return ok(assigned);
}

/** A Service's status lists its addresses too, without a hostname. */
function assignedName(object: LiveObject): string | undefined {
  const { loadBalancer } = (object["status"] ?? {}) as {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly hostname?: string }[] };
  };
  return loadBalancer?.ingress?.find(({ hostname }) => hostname !== undefined && hostname !== "")?.hostname;
}

function domainOf(fqdn: string): string {
  return fqdn.slice(fqdn.indexOf(".") + 1);
}
