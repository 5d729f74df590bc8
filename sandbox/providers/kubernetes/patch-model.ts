import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";
import type { ZodType } from "zod";
import { apiCall } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import { NotReady, type ResourceModel } from "../resource-model.ts";
import type { Props } from "../values.ts";
import { likewise } from "./field-path.ts";
import {
  annotation,
  described,
  identityOf,
  idOf,
  keyOf,
  keyOfId,
  type KubernetesObject,
  namespaced,
  objects,
  requireNamespace,
} from "./objects.ts";
import { awaitReady } from "./readiness.ts";
import { apply } from "./server-side-apply.ts";

/** Beside its outputs a patch remembers the name by which the API server knows its fields. */
const MANAGER = "__fieldManager";

/**
 * Some fields of an object that somebody else made, written by server-side apply under a name of the patch's own
 * (Pulumi Kubernetes v4.33, `provider/pkg/await/await.go`, `provider/pkg/ssa/actions.go`).
 *
 * Deleting it gives the fields up: what nobody else owns returns to the API server's default.
 */
export function patchModel(world: World, kind: string, inputs: ZodType): ResourceModel<unknown> {
  const write = async (fields: KubernetesObject, manager: string): Promise<Props> => {
    await apiCall(world, `kubernetes PATCH ${kind}`, () => {
      requireNamespace(world, fields);
      const force = annotation(fields, "pulumi.com/patchForce") === "true";
      apply(world, fields, manager, force);
    });
    const fault = await awaitReady(world, keyOf(fields));
    const outputs = { ...objects(world).get(keyOf(fields)), [MANAGER]: manager };
    if (fault !== undefined) throw new NotReady(idOf(fields), outputs, [`${described(fields)}: ${fault}`]);
    return outputs;
  };
  return {
    inputs,
    replaces: ["metadata.name", "metadata.namespace"],
    check: (wanted) => nameFailures(wanted as Props),
    async create(wanted) {
      const object = namespaced(wanted as KubernetesObject);
      const outputs = await write(object, `pulumi-kubernetes-${world.serial("kubernetes.manager")}`);
      return { id: idOf(object), outputs };
    },
    async read(id, { inputs: fields, outputs }) {
      const key = keyOfId(kind, id);
      const live = await apiCall(world, `kubernetes GET ${kind}`, () => objects(world).get(key));
      return live && { inputs: likewise(fields, live) as Props, outputs: { ...outputs, ...live } };
    },
    async update(_id, wanted, { outputs }) {
      return await write(namespaced(wanted as KubernetesObject), managerIn(outputs));
    },
    async delete(_id, { inputs: fields, outputs }) {
      const identity = identityOf(namespaced(fields as unknown as KubernetesObject));
      // Without a look at what is there: of an object that is gone the API server makes an empty one, or refuses.
      await apiCall(world, `kubernetes PATCH ${kind}`, () => {
        apply(world, identity, managerIn(outputs), false);
      });
    },
  };
}

function nameFailures({ metadata }: Props): CheckFailure[] {
  const named = (metadata as Props | undefined)?.["name"] !== undefined;
  return named ? [] : [{ property: "metadata.name", reason: "a patch names the object that it is for" }];
}

function managerIn(outputs: Props): string {
  return String(outputs[MANAGER]);
}
