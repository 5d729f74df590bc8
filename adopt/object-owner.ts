import type { LiveMetadata } from "../live/kubernetes-client.ts";

/** Another tool that manages an object, and how to end that. */
export interface ObjectOwner {
  readonly name: string;
  readonly fix: string;
}

/** The Helm release whose objects the stack takes over. */
export interface StackRelease {
  readonly name: string;
  readonly namespace: string;
}

/**
 * The tool that writes an object again and again, or deletes it, by the marks that it leaves on what it manages:
 * Flux ("Kustomization", "HelmRelease"), Argo CD ("Resource Tracking"), Fleet (Rancher's `wrangler`, `pkg/apply`) and
 * Helm (`pkg/action/validate.go`).
 *
 * @param release - the stack's own release; undefined if the stack has none
 */
export function objectOwner(
  { labels = {}, annotations = {} }: LiveMetadata,
  release: StackRelease | undefined,
): ObjectOwner | undefined {
  const label = (...names: readonly string[]) => names.find((name) => name in labels);
  const flux = label("kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name");
  if (flux !== undefined) {
    const place = labels[flux.replace(/name$/, "namespace")] ?? "";
    const kind = flux.startsWith("kustomize") ? "Kustomization" : "HelmRelease";
    const fix = "remove it from Git as docs/adopting/flux.md says, then remove the label";
    return { name: `Flux, ${kind} ${place}/${labels[flux] ?? ""}`, fix };
  }
  const { "objectset.rio.cattle.io/id": fleet } = annotations;
  if (fleet !== undefined) {
    const fix = "remove it from the bundle as docs/adopting/fleet.md says, then remove the annotation";
    return { name: `Fleet, bundle ${fleet}`, fix };
  }
  const argo = annotations["argocd.argoproj.io/tracking-id"] ?? labels["argocd.argoproj.io/instance"];
  if (argo !== undefined) {
    const fix =
      "remove it from Git with the sync option Prune=false, then remove the label and the annotation of Argo CD";
    return { name: `Argo CD, application ${argo.split(":")[0] ?? ""}`, fix };
  }
  return helmOwner(annotations, release);
}

function helmOwner(
  annotations: Readonly<Record<string, string>>,
  release: StackRelease | undefined,
): ObjectOwner | undefined {
  const { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace } = annotations;
  if (name === undefined || (name === release?.name && namespace === release.namespace)) return undefined;
  const fix = `set operator.releaseName to ${name} and operator.namespace to ${namespace ?? ""} if that is the operator's release, or uninstall it and keep the object with helm.sh/resource-policy: keep`;
  return { name: `Helm, release ${namespace ?? ""}/${name}`, fix };
}
