import { createHash } from "node:crypto";
import type { ZodType } from "zod";
import { apiCall } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { type Known, NotReady, type ResourceModel } from "../resource-model.ts";
import { isRecord, type Props } from "../values.ts";
import { events } from "./cluster.ts";
import { likewise } from "./field-path.ts";
import {
  admit,
  asWritten,
  described,
  idOf,
  keyOf,
  keyOfId,
  type KubernetesObject,
  namespaced,
  objectAt,
  objectKey,
  objects,
  pluralOf,
} from "./objects.ts";
import { awaitReady, awaitUntil } from "./readiness.ts";
import { apply, manage } from "./server-side-apply.ts";
import { contentsOf, markDeleted } from "./reconcile.ts";

/** The provider's own name among the managers of an object's fields. */
const MANAGER = "pulumi-kubernetes";

/** One kind of Kubernetes object, written by server-side apply and waited for as the provider waits. */
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
    const fault = await awaitReady(world, key);
    const outputs = outputsOf(objects(world).get(key) ?? object);
    if (fault !== undefined) throw new NotReady(idOf(object), outputs, [`${described(object)}: ${fault}`]);
    return outputs;
  };

  return {
    inputs,
    replaces: ["apiVersion", "kind", "metadata.name", "metadata.namespace", ...immutable(kind, settings)],
    secrets: kind === "Secret" ? ["data", "stringData"] : [],
    complete: named,
    // A name that the program chose is free again only once the old object is gone.
    deleteBeforeReplace: (olds, news) => nameOf(olds) === nameOf(news),
    async create(wanted) {
      const object = sent(wanted);
      await call("POST", () => {
        admit(world, object);
        requireDefinition(world, object);
        objects(world).set(keyOf(object), made(world, object));
        manage(world, object, MANAGER);
      });
      return { id: idOf(object), outputs: await ready(object) };
    },
    async read(id, known) {
      const found = await call("GET", () => objects(world).get(keyOfId(kind, id)));
      return found && { inputs: inputsOf(found, known), outputs: outputsOf(found) };
    },
    async update(id, wanted) {
      const object = sent(wanted);
      await call("PATCH", () => {
        objectAt(world, keyOfId(kind, id));
        apply(world, object, MANAGER, false);
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
      const fault = await awaitUntil(world, () => lingering(world, key));
      if (fault !== undefined) throw new Error(`${described(object)} was not deleted: ${fault}`);
    },
  };
}

/** What cannot be changed in place (`provider/pkg/provider/diff.go`); of data the provider's settings decide. */
function immutable(
  kind: string,
  { enableSecretMutable, enableConfigMapMutable }: ProviderSettings,
): string[] {
  if (kind === "Service") return ["spec.clusterIP"];
  if (kind === "Secret") return enableSecretMutable ? ["type"] : ["type", "data", "stringData"];
  return kind === "ConfigMap" && !enableConfigMapMutable ? ["data", "binaryData"] : [];
}

/** A name for an object to which the program gives none: kept as long as the resource lives. */
function named(inputs: Props, olds: Props, name: string): Props {
  const metadata = isRecord(inputs["metadata"]) ? inputs["metadata"] : {};
  if (metadata["name"] !== undefined) return inputs;
  const suffix = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return { ...inputs, metadata: { ...metadata, name: nameOf(olds) ?? `${name}-${suffix}` } };
}

function nameOf(inputs: Props): unknown {
  return isRecord(inputs["metadata"]) ? inputs["metadata"]["name"] : undefined;
}

/** What is sent of the inputs: the texts of a Secret go as data. */
function sent(wanted: unknown): KubernetesObject {
  const { stringData, ...rest } = wanted as KubernetesObject & {
    readonly stringData?: Readonly<Record<string, string>>;
  };
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text).toString("base64"),
  ]);
  return namespaced({
    ...rest,
    ...(stringData && { data: { ...rest.data, ...(Object.fromEntries(encoded) as Record<string, string>) } }),
  });
}

/** The object with what the API server fills in when it is made. */
function made(world: World, object: KubernetesObject): KubernetesObject {
  return {
    ...object,
    metadata: { ...object.metadata, uid: `uid-${world.serial("kubernetes.object")}` },
    ...(object.kind === "Service" && { spec: { clusterIP: clusterIP(world), ...object.spec } }),
  };
}

function clusterIP(world: World): string {
  const serial = world.serial("kubernetes.clusterIP");
  return `10.43.${Math.floor(serial / 250)}.${(serial % 250) + 1}`;
}

/** @throws Error as the API server does for a custom resource whose definition is not installed */
function requireDefinition(world: World, { apiVersion, kind }: KubernetesObject): void {
  if (!apiVersion.startsWith("tailscale.com/")) return;
  const name = `${pluralOf(kind)}.tailscale.com`;
  if (!objects(world).has(objectKey("CustomResourceDefinition", undefined, name))) {
    throw new Error(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}

/** What keeps an object that was asked to go; undefined once it is gone. */
function lingering(world: World, key: string): string | undefined {
  const object = objects(world).get(key);
  if (object === undefined) return undefined;
  if (object.kind !== "Namespace") {
    const why = events(world).get(key);
    const finalizers = (object.metadata.finalizers ?? []).join(" and ");
    return `finalizer ${finalizers} is not taken off: no operator that can${why === undefined ? "" : ` (${why})`}`;
  }
  const contents = contentsOf(world, object.metadata.name);
  return `objects with finalizers are left in it: ${contents.join(", ")}`;
}

/** The inputs that a live object stands for: what the program manages of it, with the values that it has. */
function inputsOf(object: KubernetesObject, known: Known): Props {
  if (Object.keys(known.inputs).length === 0) {
    return asWritten(object);
  }
  const decoded = Object.entries(object.data ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text, "base64").toString("utf8"),
  ]);
  return likewise(known.inputs, { ...object, stringData: Object.fromEntries(decoded) as Props }) as Props;
}

function outputsOf(object: KubernetesObject): Props {
  return { ...object };
}
