import { deployCluster } from "./stacks/cluster.ts";
import { readStackConfig } from "./stacks/config/parse.ts";

/**
 * The Pulumi program: deploys the cluster that the current stack's configuration describes.
 *
 * Pulumi calls this function and exports its result as the stack's outputs. Because it is a function, one
 * process can run it for several stacks in turn.
 */
export default function program() {
  return deployCluster(readStackConfig());
}
