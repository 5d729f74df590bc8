import type { World } from "../../world/world.ts";
import { collectGarbage } from "./api-server/deletion.ts";
import { objects } from "./api-server/objects.ts";
import { allocateAddresses } from "./metallb.ts";
import { operate } from "./operator/operate.ts";
import { operatorPods, runOperator } from "./operator/operator-pod.ts";
import { templateOf } from "./operator/operator-template.ts";

/** Runs the cluster's controllers once, as they react to a change of the cluster or of the tailnet. */
export function reconcile(world: World): void {
  const deployments = [...objects(world).values()].filter(({ kind, metadata }) => {
    return kind === "Deployment" && metadata.name === "operator";
  });
  const wanted = new Set(deployments.map(({ metadata }) => metadata.namespace));
  for (const [namespace] of operatorPods(world)) {
    if (!wanted.has(namespace)) operatorPods(world).delete(namespace);
  }
  for (const deployment of deployments) {
    runOperator(world, deployment.metadata.namespace ?? "default", templateOf(deployment));
  }
  allocateAddresses(world);
  for (const pod of operatorPods(world).values()) if (pod.state === "Running") operate(world, pod);
  collectGarbage(world);
}
