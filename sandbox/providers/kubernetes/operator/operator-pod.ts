import { isDeepStrictEqual } from "node:util";
import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import {
  type Credential,
  credentials,
  devices,
  isAccepted,
  joinDevice,
  listVipServices,
  mintAuthKey,
  renameDevice,
} from "../../tailscale/tailnet.ts";
import { type KubernetesObject, objectKey, objects } from "../api-server/objects.ts";
import { podSecurityViolation } from "../api-server/pod-security.ts";
import { cluster } from "../cluster.ts";
import { loadCredential, type LoadedCredential } from "./load-credential.ts";
import type { OperatorTemplate } from "./operator-template.ts";

/**
 * The operator's pod. Only a changed template restarts it, and it reads its credential only at start
 * (module tailscale.com, `cmd/k8s-operator/tsclient.go`: newTSClient).
 */
export interface OperatorPod {
  readonly namespace: string;
  readonly template: OperatorTemplate;
  readonly state: "ContainerCreating" | "CrashLoopBackOff" | "Forbidden" | "ImagePullBackOff" | "Running";
  /** Why the pod does not run, or why it runs and creates no proxies. */
  readonly reason?: string;
  /** The credential that it read at start. */
  readonly login?: LoadedCredential;
  /** Number of starts that read a credential. */
  readonly starts: number;
}

/** The operators' pods by namespace. */
export function operatorPods(world: World): Table<OperatorPod> {
  return world.table("kubernetes.operators");
}

/** The credential of a running operator, as long as Tailscale accepts it. */
export function validCredential(world: World, { login }: OperatorPod): Credential | undefined {
  const credential = credentials(world).get(login?.credentialId ?? "");
  const isOwn = credential !== undefined && credential.secretHash === login?.secretHash;
  return isOwn && isAccepted(credential) ? credential : undefined;
}

/** Starts the pod of a Deployment, unless it runs with the same template. The kubelet retries a failed start. */
export function runOperator(world: World, namespace: string, template: OperatorTemplate): void {
  const before = operatorPods(world).get(namespace);
  if (before?.state === "Running" && before.template.text === template.text) return;
  const starts = before?.starts ?? 0;
  const pod = start(world, { namespace, template, state: "ContainerCreating", starts });
  if (!isDeepStrictEqual(pod, before)) operatorPods(world).set(namespace, pod);
}

function start(world: World, pod: OperatorPod): OperatorPod {
  const { namespace, template, starts } = pod;
  const violation =
    podSecurityViolation(world, namespace, "unprivileged") ?? priorityViolation(world, template);
  if (violation !== undefined) return { ...pod, state: "Forbidden", reason: violation };

  // The kubelet mounts volumes first, so a pod that lacks its Secret never gets as far.
  const loaded = loadCredential(world, namespace, template);
  if ("waiting" in loaded) return { ...pod, reason: loaded.waiting };
  if (cluster(world).registryIsDown === true) {
    return { ...pod, state: "ImagePullBackOff", reason: `Back-off pulling image "${template.image}"` };
  }
  if ("failing" in loaded) return { ...pod, state: "CrashLoopBackOff", reason: loaded.failing };
  const running: OperatorPod = { ...pod, state: "Running", login: loaded, starts: starts + 1 };
  const credential = validCredential(world, running);
  if (credential === undefined) {
    return { ...pod, state: "CrashLoopBackOff", reason: "creating operator authkey: 401 API token invalid" };
  }
  const joinError = joinTailnet(world, running, credential);
  if (joinError !== undefined) return { ...pod, state: "CrashLoopBackOff", reason: joinError };
  const listError = errorOf(() => {
    listVipServices(credential);
  });
  return listError === undefined ? running : { ...running, reason: `InvalidOAuth: ${listError}` };
}

/** Why the ResourceQuota admission rejects the pod (k8s.io/apiserver, `pkg/admission/plugin/resourcequota`). */
function priorityViolation(world: World, { priorityClass }: OperatorTemplate): string | undefined {
  if (cluster(world).limitsPriority !== true || !priorityClass.startsWith("system-")) return undefined;
  return "pods is forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]";
}

/**
 * Joins the tailnet, or comes back as the device that the state Secret records.
 *
 * @returns the error, if it cannot join
 */
function joinTailnet(
  world: World,
  { namespace, template }: OperatorPod,
  credential: Credential,
): string | undefined {
  const stateKey = objectKey("Secret", namespace, "operator");
  const device = objects(world).get(stateKey)?.data?.["device_id"];
  if (device !== undefined && devices(world).has(device)) {
    if (!devices(world).get(device)?.name.startsWith(template.hostname)) {
      renameDevice(world, device, template.hostname);
    }
    return undefined;
  }
  const mintError = errorOf(() => {
    mintAuthKey(world, credential, template.tags);
  });
  if (mintError !== undefined) return `creating operator authkey: ${mintError}`;
  const joined = joinDevice(world, { name: template.hostname, tags: template.tags, owner: "operator" });
  const stateSecret: KubernetesObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "operator", namespace },
    data: { device_id: joined },
  };
  objects(world).set(stateKey, stateSecret);
  return undefined;
}

function errorOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
