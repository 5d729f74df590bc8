import { createHash } from "node:crypto";
import { ApiError, apiCall } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { NotReady, type ResourceModel } from "../resource-model.ts";
import type { Props } from "../values.ts";
import { annotation, described, keyOf, type KubernetesObject, objectAt, objects } from "./objects.ts";
import { operatorPods } from "./operator-pod.ts";
import { awaitUntil } from "./readiness.ts";
import { markDeleted, namespaceKey } from "./reconcile.ts";
import { inputs, type ReleaseInputs } from "./release-inputs.ts";
import { RELEASED_BY, render } from "./render-release.ts";

/** What Helm keeps of a release. */
export interface HelmRelease {
  readonly inputs: ReleaseInputs;
  readonly revision: number;
  readonly status: "deployed" | "failed";
  /** Keys of the objects that it installed. */
  readonly manifest: readonly string[];
}

const KEEP = "helm.sh/resource-policy";

/** Releases by `<namespace>/<name>`. */
export function releases(world: World): Table<HelmRelease> {
  return world.table("kubernetes.releases");
}

/** A Helm release of the operator's chart: rendered, post-rendered, installed and waited for. */
export function releaseModel(world: World, settings: ProviderSettings): ResourceModel<ReleaseInputs> {
  const install = async (wanted: ReleaseInputs, before?: HelmRelease): Promise<Props> => {
    const id = idOf(wanted);
    const rendered = await render(wanted, settings.projectFolder);
    const revision = (before?.revision ?? 0) + 1;
    await apiCall(world, `kubernetes ${before ? "helm upgrade" : "helm install"}`, () => {
      admitRelease(world, wanted, rendered, before);
      for (const gone of (before?.manifest ?? []).filter(
        (key) => !rendered.some((one) => keyOf(one) === key),
      )) {
        markDeleted(world, gone);
      }
      for (const object of rendered) objects(world).set(keyOf(object), object);
      const manifest = rendered.map(keyOf);
      releases(world).set(id, { inputs: wanted, revision, status: "deployed", manifest });
    });
    const fault =
      wanted.skipAwait === true ? undefined : await awaitUntil(world, () => unreadiness(world, wanted));
    const outputs = (status: string) => ({
      resourceNames: {},
      status: {
        name: wanted.name,
        namespace: wanted.namespace ?? "default",
        revision,
        status,
        version: wanted.version,
      },
    });
    if (fault === undefined) return outputs("deployed");
    setFailed(world, id);
    throw new NotReady(id, outputs("failed"), [
      `Helm release "${id}" was created, but failed to initialize completely: ${fault}`,
    ]);
  };
  return {
    inputs,
    replaces: ["name", "namespace"],
    complete(given, olds, name) {
      if (given["name"] !== undefined) return given;
      const suffix = createHash("sha256").update(name).digest("hex").slice(0, 8);
      return { ...given, name: olds["name"] ?? `${name}-${suffix}` };
    },
    deleteBeforeReplace: (olds, news) => olds["name"] === news["name"],
    async create(wanted) {
      return { id: idOf(wanted), outputs: await install(wanted) };
    },
    async read(id, known) {
      const found = await apiCall(world, "kubernetes helm get", () => releases(world).get(id));
      if (found === undefined) return undefined;
      const { revision, status } = found;
      const { name, namespace = "default", version } = found.inputs;
      return {
        inputs: Object.keys(known.inputs).length > 0 ? { ...known.inputs, ...found.inputs } : found.inputs,
        outputs: { resourceNames: {}, status: { name, namespace, revision, status, version } },
      };
    },
    async update(id, wanted) {
      const before = releases(world).get(id);
      if (before === undefined) throw new ApiError(404, `release: not found: ${id}`);
      return await install(wanted, before);
    },
    async delete(id) {
      await apiCall(world, "kubernetes helm uninstall", () => {
        for (const key of releases(world).get(id)?.manifest ?? []) {
          if (objects(world).has(key) && annotation(objectAt(world, key), KEEP) !== "keep")
            markDeleted(world, key);
        }
        releases(world).delete(id);
      });
    },
  };
}

/** @throws ApiError for a release that Helm refuses to install */
function admitRelease(
  world: World,
  wanted: ReleaseInputs,
  rendered: readonly KubernetesObject[],
  before?: HelmRelease,
): void {
  const { name, namespace = "default", createNamespace } = wanted;
  if (before === undefined && releases(world).has(idOf(wanted))) {
    throw new ApiError(409, "cannot re-use a name that is still in use");
  }
  if (!objects(world).has(namespaceKey(namespace))) {
    if (createNamespace !== true)
      throw new ApiError(404, `create: failed to create: namespaces "${namespace}" not found`);
    objects(world).set(namespaceKey(namespace), {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
  }
  for (const object of rendered) {
    const present = objects(world).get(keyOf(object));
    if (present !== undefined && annotation(present, RELEASED_BY) !== name) {
      throw new ApiError(
        409,
        `Unable to continue with install: ${described(object)} exists and cannot be imported into the current release: invalid ownership metadata`,
      );
    }
  }
}

/**
 * Helm waits for pods that are ready. The operator has no probes: one that starts and dies of a wrong credential
 * counts as ready all the same.
 */
function unreadiness(world: World, { namespace = "default" }: ReleaseInputs): string | undefined {
  const pod = operatorPods(world).get(namespace);
  const up = pod?.state === "Running" || pod?.state === "CrashLoopBackOff";
  return up ? undefined : `context deadline exceeded: operator pod: ${pod?.reason ?? "not created"}`;
}

function setFailed(world: World, id: string): void {
  const release = releases(world).get(id);
  if (release) releases(world).set(id, { ...release, status: "failed" });
  world.commit();
}

function idOf({ namespace = "default", name }: ReleaseInputs): string {
  return `${namespace}/${name}`;
}
