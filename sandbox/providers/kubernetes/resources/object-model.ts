import { createHash } from "node:crypto";
import type { ZodType } from "zod";
import { apiCall } from "../../../world/api.ts";
import type { World } from "../../../world/world.ts";
import type { ProviderSettings } from "../../provider-settings.ts";
import { type Known, NotReady, type ResourceModel } from "../../resource-model.ts";
import { isRecord, type Props } from "../../values.ts";
import { admit } from "../api-server/admission.ts";
import { contentsOf, markDeleted } from "../api-server/deletion.ts";
import { events } from "../api-server/events.ts";
import { withNodePorts } from "../api-server/node-ports.ts";
import {
  annotation,
  displayName,
  idOf,
  keyOf,
  keyOfId,
  type KubernetesObject,
  manifestOf,
  objectAt,
  objects,
  withNamespace,
} from "../api-server/objects.ts";
import { apply, recordManager } from "../api-server/server-side-apply.ts";
import { letProxyStop } from "../operator/cleanup.ts";
import { pruneLive } from "./prune-live.ts";
import { awaitReady, awaitUntil } from "./readiness.ts";

/** Name of Pulumi's provider as manager of an object's fields. */
const MANAGER = "pulumi-kubernetes";

/**
 * One kind of Kubernetes object, written by server-side apply and awaited (Pulumi Kubernetes v4.33,
 * `provider/pkg/provider/provider.go`, `provider/pkg/await/await.go`).
 */
export function objectModel(
  world: World,
  settings: ProviderSettings,
  kind: string,
  inputs: ZodType,
): ResourceModel<unknown> {
  const call = async <T>(verb: string, effect: () => T) =>
    await apiCall(world, `kubernetes ${verb} ${kind}`, effect);

  const ready = async (object: KubernetesObject) => {
    const key = keyOf(object);
    const reason = await awaitReady(world, key);
    const outputs: Props = { ...(objects(world).get(key) ?? object) };
    if (reason !== undefined)
      throw new NotReady(idOf(object), outputs, [`${displayName(object)}: ${reason}`]);
    return outputs;
  };

  return {
    inputs,
    // A changed kind is no reason to the provider: only the program can ask the engine for a replacement.
    replaces: ["metadata.name", "metadata.namespace", ...immutablePaths(kind, settings)],
    secrets: kind === "Secret" ? ["data", "stringData"] : [],
    applyDefaults: withName,
    // With a name that the program chose, the new object can be created only after the old one is deleted.
    deleteBeforeReplace: (olds, news) =>
      nameOf(olds) === nameOf(news) && namespaceOf(olds) === namespaceOf(news),
    comparedWith: ({ inputs, outputs }) => pruneLive(outputs as unknown as KubernetesObject, inputs),
    async create(wanted) {
      const object = objectToSend(wanted);
      await call("POST", () => {
        admit(world, object);
        objects(world).set(keyOf(object), withServerDefaults(world, object));
        recordManager(world, object, MANAGER);
      });
      return { id: idOf(object), outputs: await ready(object) };
    },
    async read(id, known) {
      const found = await call("GET", () => objects(world).get(keyOfId(kind, id)));
      return found && { inputs: inputsOf(found, known), outputs: { ...found } };
    },
    async update(id, wanted) {
      const object = objectToSend(wanted);
      await call("PATCH", () => {
        objectAt(world, keyOfId(kind, id));
        apply(world, object, MANAGER, annotation(object, "pulumi.com/patchForce") === "true");
      });
      return await ready(object);
    },
    async delete(id) {
      const key = keyOfId(kind, id);
      const object = await call("DELETE", () => {
        const found = objects(world).get(key);
        if (found === undefined) return undefined;
        if (kind === "Namespace")
          for (const part of contentsOf(world, found.metadata.name)) markDeleted(world, part);
        markDeleted(world, key);
        return found;
      });
      if (object === undefined) return;
      const waitedFor = kind === "Namespace" ? contentsOf(world, object.metadata.name) : [key];
      for (const part of waitedFor) letProxyStop(world, part);
      world.commit();
      const reason = await awaitUntil(world, () => deletionBlocker(world, key));
      if (reason !== undefined) throw new Error(`${displayName(object)} was not deleted: ${reason}`);
    },
  };
}

/** Fields that cannot change in place (`provider/pkg/provider/diff.go`). Provider settings make data mutable. */
function immutablePaths(
  kind: string,
  { enableSecretMutable, enableConfigMapMutable }: ProviderSettings,
): string[] {
  if (kind === "Service") return ["spec.clusterIP"];
  if (kind === "Secret") return enableSecretMutable ? ["type"] : ["type", "data", "stringData"];
  return kind === "ConfigMap" && !enableConfigMapMutable ? ["data", "binaryData"] : [];
}

/** Names an object that the program leaves unnamed. The name stays for the lifetime of the resource. */
function withName(inputs: Props, olds: Props, name: string): Props {
  const metadata = isRecord(inputs["metadata"]) ? inputs["metadata"] : {};
  if (metadata["name"] !== undefined) return inputs;
  const suffix = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return { ...inputs, metadata: { ...metadata, name: nameOf(olds) ?? `${name}-${suffix}` } };
}

function nameOf(inputs: Props): unknown {
  return isRecord(inputs["metadata"]) ? inputs["metadata"]["name"] : undefined;
}

function namespaceOf(inputs: Props): unknown {
  return isRecord(inputs["metadata"]) ? inputs["metadata"]["namespace"] : undefined;
}

/** The object that the provider sends. The API server stores the `stringData` of a Secret as `data`. */
function objectToSend(wanted: unknown): KubernetesObject {
  const { stringData, ...rest } = wanted as KubernetesObject & {
    readonly stringData?: Readonly<Record<string, string>>;
  };
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text).toString("base64"),
  ]);
  return withNamespace({
    ...rest,
    ...(stringData && { data: { ...rest.data, ...(Object.fromEntries(encoded) as Record<string, string>) } }),
  });
}

/** The object with the fields that the API server sets at creation. */
function withServerDefaults(world: World, object: KubernetesObject): KubernetesObject {
  return withNodePorts(world, {
    ...object,
    metadata: { ...object.metadata, uid: `uid-${world.serial("kubernetes.object")}` },
    ...(object.kind === "Service" && { spec: { clusterIP: clusterIP(world), ...object.spec } }),
  });
}

function clusterIP(world: World): string {
  const serial = world.serial("kubernetes.clusterIP");
  return `10.43.${Math.floor(serial / 250)}.${(serial % 250) + 1}`;
}

/** Why a deleted object still exists; undefined once it is removed. */
function deletionBlocker(world: World, key: string): string | undefined {
  const object = objects(world).get(key);
  if (object === undefined) return undefined;
  if (object.kind !== "Namespace") {
    const event = events(world).get(key);
    const finalizers = (object.metadata.finalizers ?? []).join(" and ");
    return `no operator removed finalizer ${finalizers}${event === undefined ? "" : ` (${event})`}`;
  }
  const contents = contentsOf(world, object.metadata.name);
  return `objects with finalizers remain in it: ${contents.join(", ")}`;
}

/** The inputs that match a live object: the fields that the program manages, with their live values. */
function inputsOf(object: KubernetesObject, known: Known): Props {
  if (Object.keys(known.inputs).length === 0) return manifestOf(object);
  return pruneLive(object, known.inputs);
}
