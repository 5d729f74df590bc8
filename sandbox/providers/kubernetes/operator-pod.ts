import { isDeepStrictEqual } from "node:util";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import {
  type Credential,
  credentials,
  devices,
  joinDevice,
  listVipServices,
  mintAuthKey,
  renameDevice,
  secretHash,
} from "../tailscale/tailnet.ts";
import { cluster } from "./cluster.ts";
import { type KubernetesObject, objectKey, objects } from "./objects.ts";
import { forbiddenBy } from "./pod-security.ts";

/**
 * The operator's pod. It is made anew when its template changes and at no other time; what it logs in with it
 * reads once, at start (module tailscale.com, `cmd/k8s-operator/tsclient.go`, `newTSClient`).
 */
export interface OperatorPod {
  readonly namespace: string;
  readonly template: OperatorTemplate;
  readonly state: "ContainerCreating" | "CrashLoopBackOff" | "Forbidden" | "Running";
  /** Why it is not running, or why it makes no proxies. */
  readonly reason?: string;
  /** What it read at start. */
  readonly login?: { readonly credentialId: string; readonly secretHash?: string };
  /** How often a process got so far as to log in. */
  readonly starts: number;
}

/** What the operator's Deployment says, as far as it decides anything here. */
export interface OperatorTemplate {
  /** Everything, to tell a change. */
  readonly text: string;
  readonly hostname: string;
  readonly tags: readonly string[];
  readonly proxyTags: readonly string[];
  readonly ingressClass: string;
  /** The mounted Secret, or the client ID of a workload identity. */
  readonly credential: { readonly secretName: string } | { readonly clientId: string };
}

export function operatorPods(world: World): Table<OperatorPod> {
  return world.table("kubernetes.operators");
}

/** The credential of a running operator, while Tailscale still honours it. */
export function honoured(world: World, { login }: OperatorPod): Credential | undefined {
  const credential = credentials(world).get(login?.credentialId ?? "");
  return credential && credential.secretHash === login?.secretHash ? credential : undefined;
}

/** Makes the pod that a Deployment asks for. A pod that has not come up is tried again, as the kubelet does. */
export function runOperator(world: World, namespace: string, template: OperatorTemplate): void {
  const before = operatorPods(world).get(namespace);
  if (before?.state === "Running" && before.template.text === template.text) return;
  const starts = before?.starts ?? 0;
  const pod = start(world, { namespace, template, state: "ContainerCreating", starts });
  if (!isDeepStrictEqual(pod, before)) operatorPods(world).set(namespace, pod);
}

function start(world: World, pod: OperatorPod): OperatorPod {
  const { namespace, template, starts } = pod;
  const forbidden = forbiddenBy(world, namespace, "unprivileged");
  if (forbidden !== undefined) return { ...pod, state: "Forbidden", reason: forbidden };

  const read = readLogin(world, namespace, template);
  if ("waiting" in read) return { ...pod, reason: read.waiting };
  if ("failing" in read) return { ...pod, state: "CrashLoopBackOff", reason: read.failing };
  const running: OperatorPod = { ...pod, state: "Running", login: read, starts: starts + 1 };
  const credential = honoured(world, running);
  if (credential === undefined) {
    return { ...pod, state: "CrashLoopBackOff", reason: "creating operator authkey: 401 API token invalid" };
  }
  const refused = logIn(world, running, credential);
  if (refused !== undefined) return { ...pod, state: "CrashLoopBackOff", reason: refused };
  const fault = failure(() => {
    listVipServices(credential);
  });
  return fault === undefined ? running : { ...running, reason: `InvalidOAuth: ${fault}` };
}

type Login = NonNullable<OperatorPod["login"]>;

function readLogin(
  world: World,
  namespace: string,
  { credential }: OperatorTemplate,
): Login | { readonly waiting: string } | { readonly failing: string } {
  if ("clientId" in credential) return federatedLogin(world, namespace, credential.clientId);
  const { secretName } = credential;
  const secret = objects(world).get(objectKey("Secret", namespace, secretName));
  if (secret === undefined) {
    return { waiting: `MountVolume.SetUp failed for volume "oauth": secret "${secretName}" not found` };
  }
  const { client_id: id, client_secret: key } = secret.data ?? {};
  if (id === undefined || key === undefined) {
    const missing = id === undefined ? "client_id" : "client_secret";
    return { failing: `reading client credentials: open /oauth/${missing}: no such file or directory` };
  }
  // Byte for byte: a trailing newline is a wrong credential.
  const decoded = (text: string) => Buffer.from(text, "base64").toString("utf8");
  return { credentialId: decoded(id), secretHash: secretHash(decoded(key)) };
}

/** A workload identity is honoured for the one service account that it names. */
function federatedLogin(
  world: World,
  namespace: string,
  clientId: string,
): Login | { readonly failing: string } {
  const identity = credentials(world).get(clientId);
  const { issuer = identity?.issuer } = cluster(world);
  const subject = `system:serviceaccount:${namespace}:operator`;
  if (identity?.issuer !== issuer || identity?.subject !== subject) {
    return { failing: `token exchange failed: 401 no identity ${clientId} for ${subject}` };
  }
  return { credentialId: clientId };
}

/** Joins the tailnet, or comes back as the device that the state Secret remembers. */
function logIn(
  world: World,
  { namespace, template }: OperatorPod,
  credential: Credential,
): string | undefined {
  const state = objectKey("Secret", namespace, "operator");
  const device = objects(world).get(state)?.data?.["device_id"];
  if (device !== undefined && devices(world).has(device)) {
    if (!devices(world).get(device)?.name.startsWith(template.hostname)) {
      renameDevice(world, device, template.hostname);
    }
    return undefined;
  }
  const refused = failure(() => {
    mintAuthKey(world, credential, template.tags);
  });
  if (refused !== undefined) return `creating operator authkey: ${refused}`;
  const joined = joinDevice(world, { name: template.hostname, tags: template.tags, owner: "operator" });
  const secret: KubernetesObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "operator", namespace },
    data: { device_id: joined },
  };
  objects(world).set(state, secret);
  return undefined;
}

function failure(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
