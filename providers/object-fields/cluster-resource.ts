import { renderIssue } from "../../components/config-issue.ts";
import { keptState } from "../protocol/kept-state.ts";
import type { Change, Failure, LocalResource, Props, ResourceName } from "../protocol/local-resource.ts";
import { type ClusterApi, type ClusterOf, useCluster } from "./cluster-api.ts";
import { missingIdentity, otherCluster } from "./report.ts";

type Api = Pick<ClusterApi, "context" | "read" | "server">;

type Request<Method extends keyof LocalResource> = Parameters<LocalResource[Method]>[0];

/**
 * The resource `object-fields:index:Cluster`: the UID of the Namespace `kube-system`, which no cluster shares with
 * another one and which a cluster keeps for life (OpenTelemetry, semantic conventions, `k8s.cluster.uid`).
 *
 * Every preview and update compares it with the live cluster's, and so does a refresh: otherwise that would record every
 * object of the stack as deleted.
 */
export class ClusterResource implements LocalResource {
  readonly #clusterOf: ClusterOf<Api>;

  constructor(clusterOf: ClusterOf<Api>) {
    this.#clusterOf = clusterOf;
  }

  check(): Promise<readonly Failure[]> {
    return Promise.resolve([]);
  }

  async diff({ resource, olds }: Request<"diff">): Promise<readonly Change[]> {
    await this.#requireSame(resource, olds);
    return [];
  }

  async create({ resource }: Request<"create">): Promise<{ id: string; outputs: Props }> {
    const uid = await this.#use(resource, liveUid);
    return { id: uid, outputs: { uid } };
  }

  /** The diff never asks for it. */
  update({ olds }: Request<"update">): Promise<Props> {
    return Promise.resolve(olds);
  }

  async read({ resource, id, olds }: Request<"read">) {
    if (olds === undefined)
      throw new Error(`${id}: a cluster cannot be imported; the next update records it`);
    await this.#requireSame(resource, olds);
    return keptState(id, olds, "uid");
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws Error if the kubeconfig leads to another cluster than the one in the state */
  async #requireSame(resource: ResourceName, { uid }: Props): Promise<void> {
    await this.#use(resource, async (cluster) => {
      const live = await liveUid(cluster);
      if (live !== uid) throw new Error(renderIssue(otherCluster(resource, cluster, live, String(uid))));
    });
  }

  async #use<T>({ stack }: ResourceName, call: (api: Api) => Promise<T>): Promise<T> {
    return await useCluster(this.#clusterOf, stack, call);
  }
}

async function liveUid(cluster: Api): Promise<string> {
  const namespace = await cluster.read("v1", "Namespace", { name: "kube-system" });
  const uid = namespace?.metadata.uid;
  if (uid === undefined) throw new Error(renderIssue(missingIdentity(cluster)));
  return uid;
}
