import type { Table } from "../../world/table.ts";
import { ApiError } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { Credential } from "../tailscale/tailnet.ts";
import { at } from "../values.ts";
import { events, note } from "./cluster.ts";
import { serveCustomResource } from "./custom-resources.ts";
import { finalize, letGo } from "./finalizers.ts";
import { isForGroup, serveOnGroup, unapprovedServices } from "./group-exposure.ts";
import { allocateAddresses } from "./metallb.ts";
import { type KubernetesObject, objectAt, objectKey, objects, setStatus, textAt } from "./objects.ts";
import {
  honoured,
  type OperatorPod,
  operatorPods,
  type OperatorTemplate,
  runOperator,
} from "./operator-pod.ts";
import { deprovision, isExposed, provision, proxyDevices } from "./proxies.ts";
import { forgetManagers } from "./server-side-apply.ts";

/** What went wrong that no API call reports, such as an operator that runs on a revoked credential. */
export function incidents(world: World): Table<string> {
  return world.table("incidents");
}

function report(world: World, incident: string): void {
  if (!incidents(world).has(incident)) incidents(world).set(incident, incident);
}

/** What the cluster's controllers do after a change of the cluster or of the tailnet. */
export function reconcile(world: World): void {
  const deployments = [...objects(world)].filter(([, { kind, metadata }]) => {
    return kind === "Deployment" && metadata.name === "operator";
  });
  const wanted = new Set(deployments.map(([, { metadata }]) => metadata.namespace));
  for (const [namespace] of operatorPods(world)) {
    if (!wanted.has(namespace)) operatorPods(world).delete(namespace);
  }
  for (const [, deployment] of deployments) {
    runOperator(world, deployment.metadata.namespace ?? "default", templateOf(deployment));
  }
  allocateAddresses(world);
  for (const pod of operatorPods(world).values()) if (pod.state === "Running") operate(world, pod);
  collect(world);
}

/** Removes what is to go and held by nothing: namespaces last, as they wait for all that is in them. */
function collect(world: World): void {
  const leaving = [...objects(world)].filter(([, { metadata }]) => metadata.deletionTimestamp !== undefined);
  for (const [key, { kind, metadata }] of leaving) {
    if (kind !== "Namespace" && (metadata.finalizers ?? []).length === 0) removeObject(world, key);
  }
  for (const [key, { kind, metadata }] of leaving) {
    if (kind === "Namespace" && contentsOf(world, metadata.name).length === 0) removeObject(world, key);
  }
}

/** Removes an object at once, and what goes with it. */
export function removeObject(world: World, key: string): void {
  const object = objects(world).get(key);
  objects(world).delete(key);
  events(world).delete(key);
  forgetManagers(world, key);
  if (object?.kind === "CustomResourceDefinition") removeInstances(world, object);
}

/** Asks for the deletion of an object; with a finalizer it stays until a controller takes that off. */
export function markDeleted(world: World, key: string): void {
  const { metadata, ...rest } = objectAt(world, key);
  if (metadata.deletionTimestamp !== undefined) return;
  objects(world).set(key, { ...rest, metadata: { ...metadata, deletionTimestamp: "now" } });
}

/** A definition takes all its objects with it. */
function removeInstances(world: World, definition: KubernetesObject): void {
  const kind = at(definition.spec, ["names", "kind"]);
  for (const [key, object] of [...objects(world)]) if (object.kind === kind) markDeleted(world, key);
}

function operate(world: World, pod: OperatorPod): void {
  const credential = honoured(world, pod);
  if (credential === undefined) {
    const id = pod.login?.credentialId ?? "";
    report(world, `operator in ${pod.namespace} runs with the revoked credential ${id}`);
  }
  const { ingressClass } = pod.template;
  const all = [...objects(world)];
  const isCustom = ({ apiVersion }: KubernetesObject) => apiVersion.startsWith("tailscale.com/");
  // What is exposed on a ProxyGroup finds it there, whichever of them came first.
  for (const [key] of all.filter(([, object]) => isCustom(object))) {
    attempt(world, key, () => {
      serveCustomResource(world, pod, credential, key);
    });
  }
  for (const [key, object] of all.filter(([, object]) => !isCustom(object))) {
    attempt(world, key, () => {
      if (isForGroup(world, key, object, ingressClass)) serveOnGroup(world, pod, credential, key);
      else if (isExposed(object, ingressClass)) serve(world, pod, credential, key);
      else if (proxyDevices(world).has(key) && credential) release(world, credential, key);
    });
  }
  for (const name of unapprovedServices(world)) {
    report(world, `${name} is served by nobody: its ProxyGroup's devices are not approved`);
  }
}

/** What Tailscale refuses ends up in the operator's log, and is tried again at the next change. */
function attempt(world: World, key: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    note(world, key, error.message);
  }
}

function serve(world: World, pod: OperatorPod, credential: Credential | undefined, key: string): void {
  if (objectAt(world, key).metadata.deletionTimestamp !== undefined) {
    if (credential) release(world, credential, key);
    return;
  }
  // The finalizer comes first: from then on only an operator can let the object go (tailscale #15662).
  finalize(world, key);
  if (credential === undefined || pod.reason !== undefined) {
    note(world, key, pod.reason ?? "401 API token invalid");
    return;
  }
  const outcome = provision(world, pod, credential, objectAt(world, key));
  if ("fault" in outcome) note(world, key, outcome.fault);
  else {
    events(world).delete(key);
    if (outcome.status) setStatus(world, key, outcome.status);
  }
}

function release(world: World, credential: Credential, key: string): void {
  deprovision(world, credential, key);
  letGo(world, key);
}

function templateOf(deployment: KubernetesObject): OperatorTemplate {
  const template = at(deployment.spec, ["template"]);
  const env = (at(template, ["spec", "containers", 0, "env"]) ?? []) as readonly {
    name: string;
    value?: string;
  }[];
  const value = (name: string) => env.find((one) => one.name === name)?.value;
  const clientId = value("CLIENT_ID");
  const volumes = (at(template, ["spec", "volumes"]) ?? []) as readonly unknown[];
  const secretName =
    volumes.map((volume) => textAt(volume, "secret", "secretName")).find(Boolean) ?? "operator-oauth";
  return {
    text: JSON.stringify(template),
    hostname: value("OPERATOR_HOSTNAME") ?? "tailscale-operator",
    tags: (value("OPERATOR_INITIAL_TAGS") ?? "").split(","),
    proxyTags: (value("PROXY_TAGS") ?? "").split(","),
    ingressClass: value("OPERATOR_INGRESS_CLASS_NAME") ?? "tailscale",
    credential: clientId === undefined ? { secretName } : { clientId },
  };
}

/** All objects of a namespace, which go with it. */
export function contentsOf(world: World, namespace: string): string[] {
  return [...objects(world)].flatMap(([key, object]) =>
    object.metadata.namespace === namespace ? [key] : [],
  );
}

export function namespaceKey(name: string): string {
  return objectKey("Namespace", undefined, name);
}
