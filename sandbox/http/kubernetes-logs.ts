import { events } from "../providers/kubernetes/api-server/events.ts";
import { type OperatorPod, operatorPods } from "../providers/kubernetes/operator/operator-pod.ts";
import { proxyDevices } from "../providers/kubernetes/operator/proxies.ts";
import { tailnet } from "../providers/tailscale/tailnet.ts";
import { ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";
import type { ApiHandler } from "./api.ts";
import { partsOf, proxyName } from "./kubernetes-proxies.ts";
import { routes } from "./routes.ts";

/** The logs of the operator's and the proxies' pods, which the API server reads from the kubelet. */
export function logsHandler(world: World): ApiHandler {
  return routes({
    "GET /api/v1/namespaces/:namespace/pods/:name/log": (request, { namespace = "", name = "" }) => {
      const tail = Number(new URL(request.url).searchParams.get("tailLines") ?? Infinity);
      const lines = logOf(world, namespace, name).slice(-tail);
      return Promise.resolve(new Response(lines.map((line) => `${line}\n`).join("")));
    },
  });
}

/** @throws ApiError as the API server answers for a pod that does not exist, or that never ran */
function logOf(world: World, namespace: string, name: string): readonly string[] {
  const operator = operatorPods(world).get(namespace);
  if (name === "operator-0" && operator !== undefined && operator.state !== "Forbidden") {
    return operatorLog(world, operator);
  }
  const proxy = [...proxyDevices(world)].find(([key]) => proxyName(key) === name);
  if (proxy === undefined) throw new ApiError(404, `pods "${name}" not found`);
  return proxyLog(world, proxy[0]);
}

/** As zap writes it in production (sigs.k8s.io/controller-runtime, `pkg/log/zap`): JSON, with what it last failed at. */
function operatorLog(world: World, { state, reason }: OperatorPod): readonly string[] {
  if (state === "ContainerCreating" || state === "ImagePullBackOff") {
    throw new ApiError(400, `container "operator" in pod "operator-0" is waiting to start: ${state}`);
  }
  const line = (level: string, msg: string, error?: string) => JSON.stringify({ level, msg, error });
  if (state === "CrashLoopBackOff") return [line("info", "starting"), line("fatal", reason ?? "")];
  const failures = [...events(world)].map(([, message]) => message);
  // A pod that is not admitted is an event of its controller.
  const logged = failures.filter((message) => !message.startsWith("FailedCreate: "));
  return [line("info", "starting"), ...logged.map((message) => line("error", "Reconciler error", message))];
}

/** As `containerboot` writes it (module tailscale.com, `cmd/containerboot/serve.go`: isValidHTTPSConfig). */
function proxyLog(world: World, key: string): readonly string[] {
  const { magicDns, settings } = tailnet(world);
  const canServe = magicDns && settings["httpsEnabled"] === true;
  if (partsOf(key).kind !== "Ingress" || canServe) return ["boot: Startup complete"];
  return [
    "serve proxy: this node is configured as a proxy that exposes an HTTPS endpoint to tailnet,",
    "(perhaps a Kubernetes operator Ingress proxy) but it is not able to issue TLS certs, so this will likely not work.",
    "To make it work, ensure that HTTPS is enabled for your tailnet",
  ];
}
