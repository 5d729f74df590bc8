// The process of the provider object-fields. Pulumi's engine starts it in the project's folder.
import { KubernetesClient } from "../../live/kubernetes-client.ts";
import { readProviderSettings } from "../../live/provider-settings.ts";
import { perStack } from "../protocol/per-stack.ts";
import { serveProvider } from "../protocol/serve.ts";
import { ClusterResource } from "./cluster-resource.ts";
import { findObjectFunction } from "./find-object-function.ts";
import { ObjectFieldsResource } from "./object-fields-resource.ts";

await serveProvider(() => {
  const clusterOf = perStack(async (stack) =>
    KubernetesClient.fromSettings(await readProviderSettings(process.cwd(), stack, process.env)),
  );
  return {
    resources: {
      "object-fields:index:Cluster": new ClusterResource(clusterOf),
      "object-fields:index:ObjectFields": new ObjectFieldsResource(clusterOf),
    },
    functions: { "object-fields:index:findObject": findObjectFunction(clusterOf) },
  };
});
