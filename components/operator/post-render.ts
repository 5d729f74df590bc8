import { type Document, parseAllDocuments } from "yaml";
import { DEFAULT_PRIORITY_CLASS, PRIORITY_CLASS_ANNOTATION } from "./priority-class.ts";

/**
 * Changes the operator's rendered chart where no chart value can:
 *
 * - It annotates the CRDs with `helm.sh/resource-policy: keep`. They are ordinary templates of the chart, so Helm
 *   would delete them with the release, and with them every ProxyClass, ProxyGroup, Connector and DNSConfig of
 *   the cluster, whoever created it.
 * - It sets the operator's priority class: every exposed service depends on the operator, and charts before 1.98 have no
 *   value for it (tailscale #19235). Helm passes a post-renderer nothing but the manifests, so the chart renders another
 *   class than the default as an annotation of the pod, which is removed here.
 *
 * Everything else is unchanged, comments included.
 *
 * @param manifests - the rendered chart, a stream of YAML documents
 * @throws Error if a document is not valid YAML, or if the operator's Deployment is missing: these changes then do
 * not fit the chart, and installing it with half of them would hide that
 */
export function postRender(manifests: string): string {
  const documents = parseAllDocuments(manifests);
  for (const { errors } of documents) {
    if (errors[0]) throw new Error(`the chart rendered invalid YAML: ${errors[0].message}`);
  }
  documents.filter((document) => isKind(document, "CustomResourceDefinition")).forEach(keepOnUninstall);

  const deployment = documents.find(
    (document) => isKind(document, "Deployment") && document.getIn(["metadata", "name"]) === "operator",
  );
  if (deployment === undefined) {
    throw new Error("the chart has no Deployment named operator, so its priority class cannot be set");
  }
  setPriorityClass(deployment);
  return documents.map((document) => document.toString({ directives: true, lineWidth: 0 })).join("");
}

function setPriorityClass(deployment: Document): void {
  const template = ["spec", "template"];
  const annotation = [...template, "metadata", "annotations", PRIORITY_CLASS_ANNOTATION];
  const priorityClass = deployment.getIn(annotation) ?? DEFAULT_PRIORITY_CLASS;
  if (deployment.hasIn(annotation)) deployment.deleteIn(annotation);
  deployment.setIn([...template, "spec", "priorityClassName"], priorityClass);
}

function isKind(document: Document, kind: string): boolean {
  return document.get("kind") === kind;
}

function keepOnUninstall(crd: Document): void {
  crd.setIn(["metadata", "annotations", "helm.sh/resource-policy"], "keep");
}
