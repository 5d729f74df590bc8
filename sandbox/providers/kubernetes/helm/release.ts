import { createHash } from "node:crypto";
import { apiCall, ApiError } from "../../../world/api.ts";
import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import type { ProviderSettings } from "../../provider-settings.ts";
import { NotReady, type ResourceModel } from "../../resource-model.ts";
import type { Props } from "../../values.ts";
import { markDeleted } from "../api-server/deletion.ts";
import {
  annotation,
  keyOf,
  type KubernetesObject,
  namespaceKey,
  objectAt,
  objects,
} from "../api-server/objects.ts";
import { recordManager } from "../api-server/server-side-apply.ts";
import { operatorPods } from "../operator/operator-pod.ts";
import { awaitUntil } from "../resources/readiness.ts";
import { releaseInputs, type ReleaseInputs } from "./release-inputs.ts";
import { ownership, renderRelease } from "./render-release.ts";

/** A release as Helm stores it. */
export interface HelmRelease {
  readonly inputs: ReleaseInputs;
  readonly revision: number;
  readonly status: "deployed" | "failed";
  /** Keys of the installed objects. */
  readonly manifest: readonly string[];
}

/** Annotation that keeps an object when its release, or the chart's next version, is without it. */
const KEEP = "helm.sh/resource-policy";

/** Name of Helm as manager of an object's fields. */
const MANAGER = "helm";

/** Releases by `<namespace>/<name>`. */
export function releases(world: World): Table<HelmRelease> {
  return world.table("kubernetes.releases");
}

/**
 * A Helm release of the operator's chart: rendered, post-rendered, installed and awaited, with Helm's rules for
 * ownership and `helm.sh/resource-policy` (Helm, "Chart Development Tips and Tricks"; Pulumi Kubernetes v4.33,
 * `provider/pkg/provider/helm_release.go`).
 */
export function releaseModel(world: World, settings: ProviderSettings): ResourceModel<ReleaseInputs> {
  const install = async (wanted: ReleaseInputs, before?: HelmRelease): Promise<Props> => {
    const id = idOf(wanted);
    const rendered = await renderRelease(wanted, settings.projectFolder);
    const revision = (before?.revision ?? 0) + 1;
    await apiCall(world, `kubernetes ${before ? "helm upgrade" : "helm install"}`, () => {
      admitRelease(world, wanted, rendered, before);
      deleteUnlessKept(
        world,
        (before?.manifest ?? []).filter((key) => !rendered.some((one) => keyOf(one) === key)),
      );
      for (const object of rendered) {
        objects(world).set(keyOf(object), object);
        recordManager(world, object, MANAGER);
      }
      const manifest = rendered.map(keyOf);
      releases(world).set(id, { inputs: wanted, revision, status: "deployed", manifest });
    });
    const reason =
      wanted.skipAwait === true ? undefined : await awaitUntil(world, () => notReadyReason(world, wanted));
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
    if (reason === undefined) return outputs("deployed");
    markFailed(world, id);
    throw new NotReady(id, outputs("failed"), [
      `Helm release "${id}" was created, but failed to initialize completely: ${reason}`,
    ]);
  };
  return {
    inputs: releaseInputs,
    replaces: ["name", "namespace"],
    applyDefaults(given, olds, name) {
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
        deleteUnlessKept(world, releases(world).get(id)?.manifest ?? []);
        releases(world).delete(id);
      });
    },
  };
}

/** Helm reads the annotation from the live object (helm.sh/helm/v3, `pkg/kube/client.go`: Update). */
function deleteUnlessKept(world: World, keys: readonly string[]): void {
  for (const key of keys) {
    if (objects(world).has(key) && annotation(objectAt(world, key), KEEP) !== "keep") markDeleted(world, key);
  }
}

/** Creates the namespace if requested. @throws ApiError if Helm would refuse the release */
function admitRelease(
  world: World,
  wanted: ReleaseInputs,
  rendered: readonly KubernetesObject[],
  before?: HelmRelease,
): void {
  const { namespace = "default", createNamespace } = wanted;
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
  // Helm checks what it is about to create, and not what the release has already.
  for (const object of rendered.filter((one) => before?.manifest.includes(keyOf(one)) !== true)) {
    const present = objects(world).get(keyOf(object));
    const foreign = present && foreignOwnership(present, wanted);
    if (foreign === undefined) continue;
    const { kind, metadata } = object;
    throw new ApiError(
      409,
      `Unable to continue with ${before ? "update" : "install"}: ${kind} "${metadata.name}" in namespace "${metadata.namespace ?? ""}" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: ${foreign}`,
    );
  }
}

/** What marks an object as not part of a release (helm.sh/helm/v3, `pkg/action/validate.go`: checkOwnership). */
function foreignOwnership(present: KubernetesObject, release: ReleaseInputs): string | undefined {
  return Object.entries(ownership(release)).flatMap(([key, value]) => {
    const current = annotation(present, key);
    if (current === value) return [];
    return current === undefined
      ? [`missing key "${key}": must be set to "${value}"`]
      : [`key "${key}" must equal "${value}": current value is "${current}"`];
  })[0];
}

/**
 * Why Helm still waits for the operator's pod. The pod has no probes, so it counts as ready even if a wrong
 * credential makes it crash.
 */
function notReadyReason(world: World, { namespace = "default" }: ReleaseInputs): string | undefined {
  const pod = operatorPods(world).get(namespace);
  const hasStarted = pod?.state === "Running" || pod?.state === "CrashLoopBackOff";
  return hasStarted ? undefined : `context deadline exceeded: operator pod: ${pod?.reason ?? "not created"}`;
}

function markFailed(world: World, id: string): void {
  const release = releases(world).get(id);
  if (release) releases(world).set(id, { ...release, status: "failed" });
  world.commit();
}

function idOf({ namespace = "default", name }: ReleaseInputs): string {
  return `${namespace}/${name}`;
}
