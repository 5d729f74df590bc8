import { type FieldPath, pathText } from "../../sandbox/providers/kubernetes/api-server/field-path.ts";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import { apply, managersOf } from "../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import { ApiError } from "../../sandbox/world/api.ts";
import { MemoryWorld } from "../../sandbox/world/world.ts";
import type { Manifest } from "../support/manifest.ts";
import { ApiServerError, type KubernetesClient } from "./kubernetes-client.ts";

/** One apply by a manager. */
export interface Apply {
  readonly fieldManager: string;
  readonly object: Manifest;
  readonly force?: boolean;
}

/** The result of an apply, in a form in which the real server and the model can be compared. */
export interface Outcome {
  /** `<manager> <path>` of each conflict, sorted. Empty if the apply succeeded. */
  readonly conflicts: readonly string[];
  /** Paths of the fields that each manager owns after the apply, sorted. */
  readonly owned: Readonly<Record<string, readonly string[]>>;
  readonly object: Manifest;
}

/** Executes applies: the real API server, or the sandbox's model of it. */
export type Backend = (apply: Apply) => Promise<Outcome>;

export function realBackend(client: KubernetesClient): Backend {
  return async ({ object, fieldManager, force = false }) => {
    const conflicts = await client.apply(object, { fieldManager, force }).then(
      () => [],
      (error: unknown) => {
        if (error instanceof ApiServerError && error.status === 409) return conflictsIn(error.message);
        throw error;
      },
    );
    const live = await client.read(object);
    const entries = (live.metadata["managedFields"] ?? []) as readonly {
      manager: string;
      fieldsV1: object;
    }[];
    const owned = entries.map(({ manager, fieldsV1 }) => [manager, leaves(fieldsV1).sort()]);
    return { conflicts, owned: Object.fromEntries(owned) as Outcome["owned"], object: live };
  };
}

export function modelBackend(): Backend {
  const world = new MemoryWorld();
  return async ({ object, fieldManager, force = false }) => {
    const fields = object as unknown as KubernetesObject;
    const key = keyOf(fields);
    let conflicts: readonly string[] = [];
    try {
      apply(world, fields, fieldManager, force);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      conflicts = conflictsIn(error.message);
    }
    const owned = Object.entries(managersOf(world).get(key) ?? {}).map(([manager, paths]) => [
      manager,
      paths.map((path) => pathText(JSON.parse(path) as FieldPath)).sort(),
    ]);
    return await Promise.resolve({
      conflicts,
      owned: Object.fromEntries(owned) as Outcome["owned"],
      object: objects(world).get(key) as unknown as Manifest,
    });
  };
}

/** Parses a server's message: a manager's only conflict follows its name, several are on the next lines. */
function conflictsIn(message: string): string[] {
  let manager = "";
  return message
    .split("\n")
    .flatMap((line) => {
      const [, name, inline] = /conflicts? with "([^"]+)"[^:]*:(?: (\..+))?$/.exec(line) ?? [];
      if (name !== undefined) manager = name;
      const path = name === undefined ? line.replace(/^- /, "") : inline;
      return path === undefined ? [] : [`${manager} ${path}`];
    })
    .sort();
}

/** The paths in an object's `managedFields`. A map or item itself (`.`) counts only if no field in it is owned. */
function leaves(fields: object, above = ""): string[] {
  const parts = Object.entries(fields).filter(([key]) => key !== ".");
  if (parts.length === 0) return [above];
  return parts.flatMap(([key, part]) => leaves(part as object, above + segment(key)));
}

function segment(key: string): string {
  const name = key.slice(2);
  if (key.startsWith("f:")) return `.${name}`;
  if (key.startsWith("v:")) return `[=${name}]`;
  const keys = Object.entries(JSON.parse(name) as object);
  return `[${keys.map(([field, value]) => `${field}=${JSON.stringify(value)}`).join(",")}]`;
}
