import { deployCluster } from "./stacks/cluster.ts";
import { readStackConfig } from "./stacks/config/parse.ts";

/**
 * The Pulumi program: publishes the cluster that the current stack's configuration describes.
 *
 * A function, which the Pulumi runtime calls and whose result becomes the stack's outputs, so that one
 * process can run it for several stacks in turn.
 */
export default function program() {
  return deployCluster(readStackConfig());
}
