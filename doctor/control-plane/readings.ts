import { type Cause as Explanation, clusterCauses } from "../../explain/cluster-causes.ts";
import type { SeenObject } from "../../explain/seen-object.ts";
import type { LiveObject, ObjectSelection } from "../../live/kubernetes-client.ts";
import { LiveError } from "../../live/live-error.ts";
import type { TailscaleClient } from "../../live/tailscale-client.ts";
import type { TailnetSettings, TailscaleDevice, TailscaleKey } from "../../live/tailscale-shapes.ts";
import { clusterTopology } from "../../stacks/topology.ts";
import { once } from "../core/once.ts";
import type { Systems } from "../systems.ts";
import type { Target } from "../target/target.ts";
import { type PolicyOutcomes, policyOutcomes } from "./policy.ts";
import { operatorKey } from "./secret.ts";

/** What the checks of the control plane read. Each is read once, however many checks need it. */
export interface Readings {
  readonly secret: () => Promise<LiveObject | undefined>;
  /** The operator's own client of Tailscale; undefined without a key pair in its Secret. */
  readonly operator: () => Promise<
    { readonly clientId: string; readonly client: TailscaleClient } | undefined
  >;
  readonly keys: () => Promise<readonly TailscaleKey[]>;
  readonly policy: () => Promise<PolicyOutcomes>;
  readonly magicDns: () => Promise<boolean>;
  readonly settings: () => Promise<TailnetSettings>;
  readonly devices: () => Promise<readonly TailscaleDevice[]>;
  /** What the cluster shows about problems. What may not be read is left out. */
  readonly explanations: () => Promise<readonly Explanation[]>;
}

export function controlPlaneReadings({ config }: Target, systems: Systems): Readings {
  const { namespace, secretName } = config.operator;
  const secret = once(async () =>
    (await systems.kubernetes()).read("v1", "Secret", { namespace, name: secretName }),
  );
  return {
    secret,
    operator: once(async () => {
      const key = operatorKey(await secret());
      return key && { clientId: key.clientId, client: systems.asOperator(key.clientId, key.clientSecret) };
    }),
    keys: once(async () => (await systems.tailscale()).keys()),
    policy: once(async () =>
      policyOutcomes(clusterTopology(config), (await (await systems.tailscale()).policy()).hujson),
    ),
    magicDns: once(async () => (await systems.tailscale()).magicDns()),
    settings: once(async () => (await systems.tailscale()).settings()),
    devices: once(async () => (await systems.tailscale()).devices()),
    explanations: once(() => explanations(systems, namespace)),
  };
}

async function explanations(systems: Systems, namespace: string): Promise<readonly Explanation[]> {
  const list = async (
    apiVersion: string,
    kind: string,
    selection?: ObjectSelection,
  ): Promise<readonly SeenObject[]> => {
    try {
      return (await (await systems.kubernetes()).list(apiVersion, kind, selection)) ?? [];
    } catch (error) {
      if (error instanceof LiveError) return [];
      throw error;
    }
  };
  const [pods, events, ingresses, services, groups, classes, helmRecords] = await Promise.all([
    list("v1", "Pod", { namespace }),
    list("v1", "Event"),
    list("networking.k8s.io/v1", "Ingress"),
    list("v1", "Service"),
    list("tailscale.com/v1alpha1", "ProxyGroup"),
    list("tailscale.com/v1alpha1", "ProxyClass"),
    list("v1", "Secret", { namespace, labelSelector: "owner=helm" }),
  ]);
  const exposed = [...ingresses, ...services];
  const customResources = [...groups, ...classes];
  return clusterCauses({ namespace, pods, events, exposed, customResources, helmRecords });
}

/** What the cluster shows about the operator's own pod and release. */
export function ofOperator(all: readonly Explanation[]): readonly Explanation[] {
  return all.filter(({ where }) => /^release |^(Pod|ReplicaSet|Deployment) \S+\/operator/.test(where));
}

/** What the cluster shows about an exposed object and its proxy, whose objects are named `ts-<object>-<random>`. */
export function ofExposed(
  all: readonly Explanation[],
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): readonly Explanation[] {
  const isProxy = (where: string) => where.split("/")[1]?.startsWith(`ts-${name}-`) ?? false;
  return all.filter(
    ({ where, what }) =>
      (where === `${kind} ${namespace}/${name}` && !what.startsWith("has no name")) || isProxy(where),
  );
}
