import { exposureOf, type PrivateService } from "../../components/private-services/private-service.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import type { NodePort } from "./outside-routes.ts";

/** Reads one Service; undefined if it does not exist. */
export type ReadService = (namespace: string, name: string) => Promise<LiveObject | undefined>;

/** The names of the Services that lead to a private service: its tailnet object, and the Service behind it. */
export function servicesOf(service: PrivateService): readonly string[] {
  const { tailnetObject, backing } = exposureOf(service);
  const names = new Set([
    ...(tailnetObject.type === "Ingress" ? [] : [tailnetObject.manifest.metadata.name]),
    ...(backing ? [backing.service] : []),
  ]);
  return [...names];
}

/** The node ports of the Services that lead to a private service. */
export async function nodePortsOf(service: PrivateService, read: ReadService): Promise<readonly NodePort[]> {
  const objects = await Promise.all(servicesOf(service).map((name) => read(service.namespace, name)));
  return objects.flatMap((object) => (object ? portsOf(object) : []));
}

function portsOf({ metadata: { namespace = "", name }, spec }: LiveObject): readonly NodePort[] {
  const { ports = [] } = (spec ?? {}) as { ports?: readonly { nodePort?: number }[] };
  return ports.flatMap(({ nodePort }) =>
    nodePort === undefined || nodePort === 0 ? [] : [{ service: `${namespace}/${name}`, port: nodePort }],
  );
}
