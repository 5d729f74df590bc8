import type { World } from "../../world/world.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import type { ResourceModel, SystemModel } from "../resource-model.ts";
import { objectInputs } from "./kinds.ts";
import { objectModel } from "./object-model.ts";
import { reconcile } from "./reconcile.ts";
import { releaseModel } from "./release.ts";

/** A Kubernetes cluster: its API server, Helm, and what the Tailscale operator does in it. */
export function kubernetesSystem(world: World, settings: ProviderSettings): SystemModel {
  world.onChange((changed) => {
    if ([...changed].some((table) => /^(kubernetes|tailscale)\./.test(table))) reconcile(world);
  });
  const releaseType = "kubernetes:helm.sh/v3:Release";
  return {
    resource(type): ResourceModel<unknown> | undefined {
      if (type === releaseType) return releaseModel(world, settings);
      const [, group = "", kind = ""] = type.split(":");
      const inputs = objectInputs(group.replace(/^core\//, ""), kind);
      return inputs && objectModel(world, settings, kind, inputs);
    },
    functions: {},
  };
}
