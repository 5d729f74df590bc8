import type { LiveObject } from "../live/kubernetes-client.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import { conflict, existing, type Finding, missing } from "./finding.ts";
import type { HelmRecord } from "./helm-record.ts";
import { importId } from "./import-ids.ts";
import type { StackRelease } from "./object-owner.ts";

/** The last part of the chart's name: it may be `oci://registry.example/charts/tailscale-operator`. */
const CHART = "tailscale-operator";

interface ReleaseInputs extends StackRelease {
  readonly version?: string;
  readonly description?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The release that a stack declares; undefined if it declares none. */
export function stackRelease(resources: readonly RecordedResource[]): StackRelease | undefined {
  const found = resources.find(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  return found && (found.inputs as unknown as ReleaseInputs);
}

/** Compares the operator's release with those of the cluster, and with what an earlier one has left. */
export function compareRelease(
  resource: RecordedResource,
  records: readonly HelmRecord[],
  definitions: readonly LiveObject[],
): Finding {
  const wanted = resource.inputs as unknown as ReleaseInputs;
  const { name, namespace } = wanted;
  const subject = `Release ${namespace}/${name}`;
  const live = records.find((one) => one.name === name && one.namespace === namespace);
  if (live !== undefined) {
    return live.status === "deployed" || live.status === "failed"
      ? existing(resource, subject, importId(resource.type, { namespace, name }), changesOf(wanted, live))
      : conflict(
          resource,
          subject,
          `a release with the status ${live.status}`,
          "a release that is deployed",
          `let the running upgrade finish; if none runs: helm rollback ${name} -n ${namespace}`,
        );
  }
  const other = records.find(({ chart }) => chart === CHART);
  if (other !== undefined) {
    return conflict(
      resource,
      subject,
      `the release ${other.namespace}/${other.name} of the chart ${CHART} (${other.chartVersion})`,
      "one release of the operator in a cluster",
      `to take it over, set operator.releaseName: ${other.name} and operator.namespace: ${other.namespace}`,
    );
  }
  return leftBehind(resource, subject, wanted, definitions) ?? missing(resource, subject);
}

function changesOf(
  { version, description, values = {} }: ReleaseInputs,
  live: HelmRecord,
): readonly string[] {
  const removed = live.valueKeys.filter((key) => !(key in values));
  const isSame =
    live.chartVersion === version && live.description === description && live.status === "deployed";
  if (isSame && removed.length === 0) return [];
  return [
    ...(live.status === "failed" ? ["status: failed -> deployed"] : []),
    ...(live.chartVersion === version
      ? []
      : [`chart version: ${live.chartVersion} -> ${version ?? "the newest"}`]),
    "values: the stack's replace those of the release, and its post-renderer is added",
    ...removed.map((key) => `values.${key}: removed`),
  ];
}

/** CRDs of another release, which Helm refuses to take over. */
function leftBehind(
  resource: RecordedResource,
  subject: string,
  { name, namespace }: StackRelease,
  definitions: readonly LiveObject[],
) {
  const [owner] = definitions.flatMap(({ metadata }) => {
    const { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": place } =
      metadata.annotations ?? {};
    if (!metadata.name.endsWith(".tailscale.com") || (release === name && place === namespace)) return [];
    return [release === undefined ? "no release" : `the release ${place ?? ""}/${release}`];
  });
  if (owner === undefined) return undefined;
  return conflict(
    resource,
    subject,
    `CRDs of ${owner} that no longer exists, which Helm refuses ("invalid ownership metadata")`.replace(
      "no release that no longer exists",
      "no release",
    ),
    `CRDs that carry the release ${namespace}/${name}`,
    `set operator.releaseName and operator.namespace to theirs, or mark them:\nkubectl get crd -o name | grep tailscale.com | xargs kubectl annotate --overwrite meta.helm.sh/release-name=${name} meta.helm.sh/release-namespace=${namespace}\nkubectl get crd -o name | grep tailscale.com | xargs kubectl label --overwrite app.kubernetes.io/managed-by=Helm`,
  );
}
