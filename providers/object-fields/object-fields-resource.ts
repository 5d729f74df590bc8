import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { renderIssue } from "../../components/config-issue.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import { keptState } from "../protocol/kept-state.ts";
import {
  type Change,
  type Failure,
  type LocalResource,
  type Props,
  type ResourceName,
  UNKNOWN,
} from "../protocol/local-resource.ts";
import { parseInputs } from "../protocol/parse-inputs.ts";
import { awaitCleanup, type CleanupLimits, DEFAULT_LIMITS } from "./cleanup.ts";
import { type ClusterApi, type ClusterOf, useCluster } from "./cluster-api.ts";
import { fieldChanges, type OwnedFields } from "./field-changes.ts";
import { IDENTITY, type ObjectFieldsInputs, objectFieldsInputs, type Place, placeText } from "./inputs.ts";
import { driftNote, missingObject } from "./report.ts";

type Api = Pick<ClusterApi, "apply" | "read">;

type Request<Method extends keyof LocalResource> = Parameters<LocalResource[Method]>[0];

/** The API server accepts no longer name of a field manager. */
const MAX_MANAGER_LENGTH = 128;

/** Inputs besides the fields that only a later deletion or apply reads. */
const SETTINGS = ["force", "creates", "onDelete", "awaitedFinalizer"] as const;

/**
 * The resource `object-fields:index:ObjectFields`: fields of an object that somebody else created, written by
 * server-side apply with a field manager of its own.
 *
 * Every preview and update reads the live object, one call for each resource, and compares the fields that its manager
 * owns there. A change by others is reported and undone; fields of others are neither compared nor written.
 */
export class ObjectFieldsResource implements LocalResource {
  readonly #clusterOf: ClusterOf<Api>;
  readonly #limits: CleanupLimits;

  constructor(clusterOf: ClusterOf<Api>, limits = DEFAULT_LIMITS) {
    this.#clusterOf = clusterOf;
    this.#limits = limits;
  }

  async check({ resource, olds, news }: Request<"check">): Promise<readonly Failure[]> {
    const parsed = parseInputs(objectFieldsInputs, news);
    if ("failures" in parsed) return parsed.failures;
    const { inputs } = parsed;
    // An object that disappears later is an error of the diff, which reads it anyway.
    if (olds !== undefined || inputs.creates || IDENTITY.some((key) => inputs[key] === UNKNOWN)) return [];
    if ((await this.#read(resource, inputs)) !== undefined) return [];
    return [{ property: "name", reason: renderIssue(missingObject(inputs)) }];
  }

  async diff({ resource, log, olds, news }: Request<"diff">): Promise<readonly Change[]> {
    const moved = IDENTITY.filter((path) => olds[path] !== news[path]);
    if (moved.length > 0) {
      return moved.map((path) => ({ path, kind: "UPDATE_REPLACE", fromInputs: true }));
    }
    const settings = SETTINGS.filter((path) => olds[path] !== news[path]).map((path): Change => ({
      path,
      kind: "UPDATE",
      fromInputs: true,
    }));
    if (JSON.stringify(news).includes(UNKNOWN)) {
      return [...settings, { path: "fields", kind: "UPDATE", fromInputs: true }];
    }
    const inputs = news as unknown as ObjectFieldsInputs;
    const live = await this.#existing(resource, inputs);
    const isDeclared = !isDeepStrictEqual(olds["fields"], news["fields"]);
    if (live === undefined) return [...settings, { path: "fields", kind: "ADD", fromInputs: isDeclared }];
    const changes = fieldChanges(inputs.fields, live, ownedFields(live, managerIn(olds)));
    if (changes.length > 0 && !isDeclared) log.warn(driftNote(inputs, live, changes));
    return [...settings, ...changes.map((change) => ({ ...change, fromInputs: isDeclared }))];
  }

  async create({ resource, news }: Request<"create">): Promise<{ id: string; outputs: Props }> {
    const inputs = news as unknown as ObjectFieldsInputs;
    const outputs = await this.#apply(resource, inputs, managerOf(resource));
    return { id: placeText(inputs), outputs };
  }

  async update({ resource, olds, news }: Request<"update">): Promise<Props> {
    return await this.#apply(resource, news as unknown as ObjectFieldsInputs, managerIn(olds));
  }

  async read({ resource, id, olds }: Request<"read">) {
    if (olds === undefined) throw new Error(`${id}: an object's fields cannot be imported`);
    const place = olds as unknown as Place;
    if ((await this.#read(resource, place)) === undefined) return undefined;
    return keptState(id, olds, "fieldManager");
  }

  async delete({ resource, olds }: Request<"delete">): Promise<void> {
    const inputs = olds as unknown as ObjectFieldsInputs;
    if (inputs.onDelete === "keep") return;
    const live = await this.#read(resource, inputs);
    if (live === undefined) return;
    // With its UID: an apply would create an object that somebody has deleted in the meantime.
    const manifest = manifestOf(inputs, {}, live.metadata.uid);
    await this.#use(resource, async (cluster) => {
      await cluster.apply(manifest, { fieldManager: managerIn(olds), force: false });
      const { awaitedFinalizer: finalizer } = inputs;
      if (finalizer !== undefined) await awaitCleanup(cluster, inputs, finalizer, this.#limits);
    });
  }

  async #apply(resource: ResourceName, inputs: ObjectFieldsInputs, fieldManager: string): Promise<Props> {
    await this.#existing(resource, inputs);
    const manifest = manifestOf(inputs, inputs.fields);
    await this.#use(resource, (cluster) => cluster.apply(manifest, { fieldManager, force: inputs.force }));
    return { ...inputs, fieldManager };
  }

  /** @throws Error if the object does not exist, and the resource must not create it */
  async #existing(resource: ResourceName, inputs: ObjectFieldsInputs): Promise<LiveObject | undefined> {
    const live = await this.#read(resource, inputs);
    if (live === undefined && !inputs.creates) throw new Error(renderIssue(missingObject(inputs)));
    return live;
  }

  async #read(resource: ResourceName, place: Place): Promise<LiveObject | undefined> {
    return await this.#use(resource, (cluster) => cluster.read(place.apiVersion, place.kind, place));
  }

  async #use<T>({ stack }: ResourceName, call: (api: Api) => Promise<T>): Promise<T> {
    return await useCluster(this.#clusterOf, stack, call);
  }
}

function manifestOf({ apiVersion, kind, namespace, name }: Place, fields: Props, uid?: string) {
  const { metadata = {}, ...rest } = fields as { readonly metadata?: Props };
  const identity = { name, namespace, ...(uid !== undefined && { uid }) };
  return { apiVersion, kind, metadata: { ...metadata, ...identity }, ...rest };
}

/** A name of its own for each resource of each stack: a manager that two share would remove the other's fields. */
function managerOf({ stack, name }: ResourceName): string {
  const text = `tailnet-edge-${stack}-${name}`;
  if (text.length <= MAX_MANAGER_LENGTH) return text;
  const checksum = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${text.slice(0, MAX_MANAGER_LENGTH - checksum.length - 1)}-${checksum}`;
}

function managerIn(outputs: Props): string {
  return String(outputs["fieldManager"]);
}

/** Undefined if the manager owns nothing of the object. */
function ownedFields({ metadata }: LiveObject, manager: string): OwnedFields | undefined {
  const entry = metadata.managedFields?.find((one) => one.manager === manager);
  return entry?.fieldsV1 as OwnedFields | undefined;
}
