import type { PodReference } from "../live/kubernetes-client.ts";
import { LiveError } from "../live/live-error.ts";
import { redacted } from "../live/redacted.ts";
import { type Cause, isNameless, type SeenCluster, withFix } from "./cluster-causes.ts";
import { list, record, type SeenObject, text } from "./seen-object.ts";

/** How many lines of a log are read. */
const LINES = 50;

/** Reads the last lines of a pod's log; undefined if the pod does not exist. */
export type ReadLog = (pod: PodReference, lines: number) => Promise<string | undefined>;

/**
 * Names the known causes in the logs of the operator and of the proxies whose object has no name. A log that cannot be
 * read is reported in place of its causes.
 */
export async function logCauses(cluster: SeenCluster, read: ReadLog): Promise<readonly Cause[]> {
  const causes = await Promise.all(suspectedPods(cluster).map((pod) => causesOfPod(pod, read)));
  return causes.flat();
}

async function causesOfPod(pod: PodReference, read: ReadLog): Promise<readonly Cause[]> {
  const where = `log of Pod ${pod.namespace}/${pod.name}`;
  try {
    return causesInLog(where, (await read(pod, LINES)) ?? "");
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    const { found, fix } = error.issue;
    return [{ where, what: `could not be read: ${redacted(found)}`, fix }];
  }
}

/** The lines with a known text, each cause once, as its newest line says it. No line with a key is shown as it is. */
function causesInLog(where: string, log: string): readonly Cause[] {
  const known = log
    .split("\n")
    .map((line) => withFix(where, redacted(messageOf(line))))
    .filter(({ fix }) => fix !== undefined);
  return [...new Map(known.map((cause) => [cause.fix, cause])).values()];
}

/** The operator writes each line as JSON, with a stack trace; a proxy writes plain text. */
function messageOf(line: string): string {
  try {
    const { msg, error } = record(JSON.parse(line));
    const parts = [msg, error].map(text).filter((part) => part !== "");
    return parts.length > 0 ? parts.join(": ") : line;
  } catch {
    return line;
  }
}

/** The pods to read, without those that never ran: their state says why. */
function suspectedPods({ pods, exposed }: SeenCluster): readonly PodReference[] {
  const nameless = exposed.filter(isNameless);
  return pods
    .filter((pod) => isOperator(pod) || nameless.some((object) => isProxyOf(pod, object)))
    .filter(hasRun)
    .map(({ metadata: { namespace = "", name }, spec }) => {
      // Others, such as a service mesh, add containers after the first one.
      const container = text(list(record(spec)["containers"])[0]?.["name"]);
      return { namespace, name, ...(container !== "" && { container }) };
    });
}

/** The label of the chart. A proxy's `app` is its object's UID. */
function isOperator({ metadata: { labels } }: SeenObject): boolean {
  return labels?.["app"] === "operator";
}

/** The operator labels a proxy's pods with their object, or with their ProxyGroup. */
function isProxyOf({ metadata: { labels = {} } }: SeenObject, { metadata }: SeenObject): boolean {
  const parent = "tailscale.com/parent-resource";
  const group = text(record(record(metadata)["annotations"])["tailscale.com/proxy-group"]);
  if (labels[`${parent}-type`] === "proxygroup") return labels[parent] === group;
  return labels[parent] === metadata.name && labels[`${parent}-ns`] === metadata.namespace;
}

function hasRun({ status }: SeenObject): boolean {
  return list(record(status)["containerStatuses"]).some(({ state, lastState }) =>
    [record(state)["running"], record(state)["terminated"], record(lastState)["terminated"]].some(
      (run) => run !== undefined,
    ),
  );
}
