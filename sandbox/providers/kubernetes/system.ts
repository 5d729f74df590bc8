import type { World } from "../../world/world.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import type { ResourceModel, SystemModel } from "../resource-model.ts";
import { objectInputs, patchInputs } from "./api-server/kinds.ts";
import { releaseModel } from "./helm/release.ts";
import { letProxiesStop } from "./operator/cleanup.ts";
import { renameProxies } from "./operator/proxies.ts";
import { reconcile } from "./reconcile.ts";
import { objectModel } from "./resources/object-model.ts";
import { patchModel } from "./resources/patch-model.ts";

/** Has a cluster's controllers react to every later change: MetalLB and the Tailscale operator. */
export function runControllers(world: World): void {
  world.onChange((changed) => {
    if ([...changed].some((table) => /^(kubernetes|tailscale)\./.test(table))) reconcile(world);
  });
  // Controllers also react to what was edited between two runs, and complete what they had begun.
  letProxiesStop(world);
  renameProxies(world);
  reconcile(world);
  world.commit();
}

/** A Kubernetes cluster: its API server and Helm. */
export function kubernetesSystem(world: World, settings: ProviderSettings): SystemModel {
  const releaseType = "kubernetes:helm.sh/v3:Release";
  return {
    resource(type): ResourceModel<unknown> | undefined {
      if (type === releaseType) return releaseModel(world, settings);
      const [, group = "", kind = ""] = type.split(":");
      const apiVersion = group.replace(/^core\//, "");
      const patch = patchInputs(apiVersion, kind);
      if (patch) return patchModel(world, kind.replace(/Patch$/, ""), patch);
      const inputs = objectInputs(apiVersion, kind);
      return inputs && objectModel(world, settings, kind, inputs);
    },
    functions: {},
  };
}
