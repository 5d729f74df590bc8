import { list, record, type SeenObject, text } from "./seen-object.ts";

/** What was read of a cluster. */
export interface SeenCluster {
  /** The operator's namespace. */
  readonly namespace: string;
  /** Pods of the operator's namespace. */
  readonly pods: readonly SeenObject[];
  /** Events of all namespaces. */
  readonly events: readonly SeenObject[];
  /** Ingresses and Services of all namespaces. */
  readonly exposed: readonly SeenObject[];
  /** ProxyGroups, ProxyClasses and DNSConfigs. */
  readonly customResources: readonly SeenObject[];
  /** Helm's records in the operator's namespace. Only their labels are used. */
  readonly helmRecords: readonly SeenObject[];
}

/** What is wrong, and what to do about it. */
export interface Cause {
  readonly where: string;
  readonly what: string;
  readonly fix?: string;
}

const MAX_EVENTS = 10;

/**
 * Names the causes that a cluster shows for an operator that does not come up, a name that stays empty, or a release
 * that times out: pods, conditions, Helm's records, and the warnings of the objects that have a problem.
 */
export function clusterCauses(cluster: SeenCluster): readonly Cause[] {
  const { namespace, pods, events, exposed, customResources, helmRecords } = cluster;
  const nameless = exposed.filter(isNameless);
  const suspects = new Set([...pods, ...nameless].map(nameOf));
  return [
    ...helmRecords.filter(isPending).map(pendingRelease),
    ...pods.flatMap(podCauses),
    ...customResources.flatMap(conditionCauses),
    ...nameless.map((object) => withFix(nameOf(object), "has no name of the tailnet in its status")),
    ...warnings(events, suspects, namespace),
  ];
}

/** Known texts and their fix, with the section of the runbook. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/secret "?operator-oauth"? not found/i, "run pulumi up --refresh: the Secret is part of the stack"],
  [
    /InvalidOAuth|vip-services|API token invalid/,
    "rotate the credential: docs/runbook.md#rotate-the-operators-credential",
  ],
  [/violates PodSecurity/, "run pulumi up --refresh: the stack sets the namespace's level"],
  [
    /HTTPSNotEnabled|not able to issue TLS certs/,
    "run pulumi up --refresh: the stack turns on HTTPS for the tailnet",
  ],
  [
    /ErrImagePull|ImagePullBackOff/,
    "check that the nodes reach the registry, or set operator.registry to a mirror",
  ],
  [
    /Insufficient (cpu|memory)|FailedScheduling/,
    "make room in the cluster, or lower the operator's resources",
  ],
  [
    /headless|NoValidBackends|InvalidIngressBackend/,
    "check the backend Service: it must exist, and have a ClusterIP",
  ],
  [
    /requested tags .* are invalid or not permitted/,
    "run pulumi up in the stack that manages the policy: it gives these tags their owners",
  ],
];

/** A cause by its text, with the fix if the text is known. */
export function withFix(where: string, what: string): Cause {
  const text = what.trim().split("\n")[0]?.slice(0, 400) ?? "";
  const fix = FIXES.find(([known]) => known.test(text))?.[1];
  return { where, what: text, ...(fix !== undefined && { fix }) };
}

function nameOf({ kind, metadata: { namespace, name } }: SeenObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function isPending({ metadata: { labels = {} } }: SeenObject): boolean {
  return labels["owner"] === "helm" && (labels["status"] ?? "").startsWith("pending-");
}

function pendingRelease({ metadata: { labels = {} } }: SeenObject): Cause {
  return {
    where: `release ${labels["name"] ?? ""}`,
    what: `is in ${labels["status"] ?? ""}: an update was killed while Helm ran`,
    fix: "docs/runbook.md#the-release-is-stuck-in-pending-install-pending-upgrade-or-pending-rollback",
  };
}

function podCauses(pod: SeenObject): readonly Cause[] {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((field) =>
    list(record(pod["status"])[field]),
  );
  const containers = statuses.flatMap((status) => {
    const waiting = record(record(status["state"])["waiting"]);
    const ended = record(record(status["lastState"])["terminated"]);
    // Every pod that starts is in these states for a moment.
    if (
      waiting["reason"] === undefined ||
      /^(ContainerCreating|PodInitializing)$/.test(text(waiting["reason"]))
    ) {
      return [];
    }
    const exit = ended["exitCode"] === undefined ? "" : `; it ended with status ${text(ended["exitCode"])}`;
    const last = [waiting["message"], ended["message"]].map(text).filter((part) => part !== "");
    return [withFix(nameOf(pod), `${text(waiting["reason"])}: ${last.join("; ")}${exit}`)];
  });
  return containers.length > 0 ? containers : conditionCauses(pod).slice(0, 1);
}

function conditionCauses(object: SeenObject): readonly Cause[] {
  return list(record(object["status"])["conditions"])
    .filter(({ status }) => status === "False")
    .map(({ type, reason, message }) =>
      withFix(
        nameOf(object),
        `${text(type)} is False: ${[reason, message]
          .map(text)
          .filter((part) => part !== "")
          .join(": ")}`,
      ),
    );
}

/** Whether Tailscale should expose an object, and its status has no name. */
export function isNameless(object: SeenObject): boolean {
  const spec = record(object["spec"]);
  const isOurs =
    object.kind === "Ingress"
      ? spec["ingressClassName"] === "tailscale"
      : spec["loadBalancerClass"] === "tailscale";
  const ingress = list(record(record(object["status"])["loadBalancer"])["ingress"]);
  return isOurs && !ingress.some(({ hostname }) => text(hostname) !== "");
}

/** The newest warnings of objects with a problem, and of the operator's namespace, each once. */
function warnings(
  events: readonly SeenObject[],
  suspects: ReadonlySet<string>,
  operatorNamespace: string,
): readonly Cause[] {
  const found = events
    .filter(({ type }) => type === "Warning")
    .toSorted((one, other) => timeOf(other).localeCompare(timeOf(one)))
    .map((event) => {
      const { kind, namespace, name } = record(event["involvedObject"]);
      const where = nameOf({
        kind: text(kind),
        metadata: { name: text(name), ...(namespace !== undefined && { namespace: text(namespace) }) },
      });
      return {
        namespace: text(namespace),
        cause: withFix(where, `${text(event["reason"])}: ${text(event["message"])}`),
      };
    })
    .filter(({ namespace, cause }) => suspects.has(cause.where) || namespace === operatorNamespace)
    .map(({ cause }) => cause);
  return [...new Map(found.map((cause) => [`${cause.where} ${cause.what}`, cause])).values()].slice(
    0,
    MAX_EVENTS,
  );
}

function timeOf(event: SeenObject): string {
  return text(event["lastTimestamp"] ?? event["eventTime"]);
}
