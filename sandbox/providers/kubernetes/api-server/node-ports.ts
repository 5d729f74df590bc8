import type { World } from "../../../world/world.ts";
import { type Props, valueAt } from "../../values.ts";
import { type KubernetesObject, stringAt, without } from "./objects.ts";

const LOWEST_PORT = 30_000;
const RANGE = 2_768;

/**
 * Sets a Service's node ports as the API server does (Kubernetes, "Disabling load balancer NodePort allocation";
 * tests/apiserver shows the same with a real one):
 *
 * - A LoadBalancer gets one for each port, whatever its class, unless `allocateLoadBalancerNodePorts` is false.
 * - A later `false` allocates no more, but keeps those that exist.
 * - A Service that becomes a ClusterIP loses its node ports, and `allocateLoadBalancerNodePorts` with them.
 */
export function withNodePorts(world: World, object: KubernetesObject): KubernetesObject {
  if (object.kind !== "Service" || object.spec?.["ports"] === undefined) return object;
  const { allocateLoadBalancerNodePorts, ...spec } = object.spec;
  // A removed port leaves nothing but the node port that the server had added to it.
  const ports = portsOf(object).filter((port) => Object.keys(without(port, "nodePort")).length > 0);
  const type = stringAt(spec, "type");
  if (type !== "LoadBalancer" && type !== "NodePort") {
    const closed = ports.map((port) => without(port, "nodePort"));
    return { ...object, spec: { ...spec, ports: closed } };
  }
  const allocates = type === "NodePort" || allocateLoadBalancerNodePorts !== false;
  return {
    ...object,
    spec: {
      ...spec,
      ...(type === "LoadBalancer" && { allocateLoadBalancerNodePorts: allocates }),
      ports: ports.map((port) =>
        allocates && port["nodePort"] === undefined ? { ...port, nodePort: freePort(world) } : port,
      ),
    },
  };
}

/** The ports on which every node of the cluster answers for a Service. */
export function nodePortsOf(object: KubernetesObject): readonly number[] {
  return portsOf(object).flatMap(({ nodePort }) => (typeof nodePort === "number" ? [nodePort] : []));
}

function portsOf({ spec }: KubernetesObject): readonly Props[] {
  return (valueAt(spec, ["ports"]) ?? []) as readonly Props[];
}

function freePort(world: World): number {
  return LOWEST_PORT + (world.serial("kubernetes.nodePort") % RANGE);
}
