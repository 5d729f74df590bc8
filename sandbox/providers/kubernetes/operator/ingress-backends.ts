import type { World } from "../../../world/world.ts";
import { isRecord, valueAt } from "../../values.ts";
import { type KubernetesObject, objectKey, objects, stringAt } from "../api-server/objects.ts";

/**
 * Whether an Ingress has at least one backend that its proxy can reach: a Service in the same namespace with a
 * ClusterIP and the port. Rules for other hosts than the TLS host are ignored (module tailscale.com,
 * `cmd/k8s-operator/ingress.go`: handlersForIngress).
 */
export function hasBackend(world: World, { spec, metadata }: KubernetesObject): boolean {
  const tlsHost = valueAt(spec, ["tls", 0, "hosts", 0]);
  const ruleBackends = listAt(spec, ["rules"])
    .filter((rule) => [undefined, "", tlsHost].includes(valueAt(rule, ["host"]) as string | undefined))
    .flatMap((rule) => listAt(rule, ["http", "paths"]))
    .map((path) => valueAt(path, ["backend", "service"]));
  return [valueAt(spec, ["defaultBackend", "service"]), ...ruleBackends].some((backend) =>
    isReachable(world, metadata.namespace, backend),
  );
}

function isReachable(world: World, namespace: string | undefined, backend: unknown): boolean {
  const name = stringAt(backend, "name");
  if (name === undefined) return false;
  const service = objects(world).get(objectKey("Service", namespace, name));
  const clusterIP = stringAt(service?.spec, "clusterIP");
  if (service === undefined || clusterIP === undefined || clusterIP === "None") return false;
  const port = valueAt(backend, ["port"]);
  if (!isRecord(port)) return false;
  return port["name"] === undefined
    ? Number(port["number"] ?? 0) > 0
    : listAt(service.spec, ["ports"]).some((one) => stringAt(one, "name") === port["name"]);
}

function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  return (valueAt(value, path) as readonly unknown[] | undefined) ?? [];
}
