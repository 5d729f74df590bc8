import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";
import type { ZodType } from "zod";
import { apiCall } from "../../../world/api.ts";
import type { World } from "../../../world/world.ts";
import { NotReady, type ResourceModel } from "../../resource-model.ts";
import type { Props } from "../../values.ts";
import { requireNamespace } from "../api-server/admission.ts";
import {
  annotation,
  displayName,
  identityOf,
  idOf,
  keyOf,
  keyOfId,
  type KubernetesObject,
  objects,
  withNamespace,
} from "../api-server/objects.ts";
import { apply } from "../api-server/server-side-apply.ts";
import { pruneLive } from "./prune-live.ts";
import { awaitReady } from "./readiness.ts";

/** Key in a patch's outputs for its manager: the owner of its fields at the API server. */
const MANAGER_KEY = "__fieldManager";

/**
 * A patch: fields of an object that somebody else created, written by server-side apply with a manager of the
 * patch's own (Pulumi Kubernetes v4.33, `provider/pkg/await/await.go`, `provider/pkg/ssa/actions.go`).
 *
 * Deleting a patch gives up its fields. A field without another owner gets the API server's default.
 */
export function patchModel(world: World, kind: string, inputs: ZodType): ResourceModel<unknown> {
  const write = async (fields: KubernetesObject, manager: string): Promise<Props> => {
    await apiCall(world, `kubernetes PATCH ${kind}`, () => {
      requireNamespace(world, fields);
      const force = annotation(fields, "pulumi.com/patchForce") === "true";
      apply(world, fields, manager, force);
    });
    const reason = await awaitReady(world, keyOf(fields));
    const outputs = { ...objects(world).get(keyOf(fields)), [MANAGER_KEY]: manager };
    if (reason !== undefined)
      throw new NotReady(idOf(fields), outputs, [`${displayName(fields)}: ${reason}`]);
    return outputs;
  };
  return {
    inputs,
    replaces: ["metadata.name", "metadata.namespace"],
    check: (wanted) => nameFailures(wanted as Props),
    comparedWith: ({ inputs: fields, outputs }) => pruneLive(outputs as unknown as KubernetesObject, fields),
    async create(wanted) {
      const object = withNamespace(wanted as KubernetesObject);
      const outputs = await write(object, `pulumi-kubernetes-${world.serial("kubernetes.manager")}`);
      return { id: idOf(object), outputs };
    },
    async read(id, { inputs: fields, outputs }) {
      const key = keyOfId(kind, id);
      const live = await apiCall(world, `kubernetes GET ${kind}`, () => objects(world).get(key));
      return live && { inputs: pruneLive(live, fields), outputs: { ...outputs, ...live } };
    },
    async update(_id, wanted, { outputs }) {
      return await write(withNamespace(wanted as KubernetesObject), managerIn(outputs));
    },
    async delete(_id, { inputs: fields, outputs }) {
      const identity = identityOf(withNamespace(fields as unknown as KubernetesObject));
      // The provider does not check that the object exists. If it does not, the API server creates an empty one,
      // or refuses because it would be invalid.
      await apiCall(world, `kubernetes PATCH ${kind}`, () => {
        apply(world, identity, managerIn(outputs), false);
      });
    },
  };
}

function nameFailures({ metadata }: Props): CheckFailure[] {
  const hasName = (metadata as Props | undefined)?.["name"] !== undefined;
  return hasName ? [] : [{ property: "metadata.name", reason: "required: the name of the object to patch" }];
}

function managerIn(outputs: Props): string {
  return String(outputs[MANAGER_KEY]);
}
