import type { ConfigIssue } from "../../components/config-issue.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import type { ResourceName } from "../protocol/local-resource.ts";
import type { ClusterApi } from "./cluster-api.ts";
import type { FieldChange } from "./field-changes.ts";
import { type Place, placeText } from "./inputs.ts";

export function missingObject(place: Place): ConfigIssue {
  return {
    path: placeText(place),
    found: "no such object in the cluster",
    allowed: "an object that exists: the stack changes some of its fields, and does not create it",
    fix: "check the name and the namespace in the stack's configuration, or create the object first",
  };
}

/** What others have changed since the last update, for a warning. It holds no values: they may be secret. */
export function driftNote(place: Place, live: LiveObject, changes: readonly FieldChange[]): string {
  const paths = changes.map(({ path }) => path.replace(/^fields\./, ""));
  const managers = (live.metadata.managedFields ?? [])
    .map(({ manager = "unknown" }) => manager)
    .filter((manager) => !manager.startsWith("tailnet-edge-"));
  return [
    `changed by others since the last update: ${paths.join(", ")} of the ${placeText(place)}`,
    `other field managers of this object: ${[...new Set(managers)].join(", ")}`,
    "fix: run pulumi up, which sets these fields again; remove them where the other manager defines them",
  ].join("\n");
}

type Connection = Pick<ClusterApi, "context" | "server">;

/** @param live - UID of the cluster at the other end. @param known - UID of the stack's cluster */
export function otherCluster(
  { stack, project, name }: ResourceName,
  connection: Connection,
  live: string,
  known: string,
): ConfigIssue {
  const urn = `urn:pulumi:${stack}::${project}::object-fields:index:Cluster::${name}`;
  return {
    path: connectionText(connection),
    found: `another cluster, with the UID ${live}`,
    allowed: `the cluster that this stack was deployed to, with the UID ${known}`,
    fix: `set kubernetes:context to that cluster's context; if the cluster was built anew, run: pulumi state delete --yes '${urn}' --stack ${stack}`,
  };
}

export function missingIdentity(connection: Connection): ConfigIssue {
  return {
    path: connectionText(connection),
    found: "no Namespace kube-system with a UID",
    allowed: "the API server of a Kubernetes cluster",
    fix: "check kubernetes:context and the kubeconfig",
  };
}

/** `context ozilab at https://192.168.1.10:6443` */
function connectionText({ context, server }: Connection): string {
  return `context ${context} at ${server}`;
}
