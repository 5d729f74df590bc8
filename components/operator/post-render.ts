import { type Document, parseAllDocuments } from "yaml";

/**
 * What has to be so in the operator's chart and cannot be said by its values.
 *
 * - The CRDs carry `helm.sh/resource-policy: keep`. They are ordinary templates of the chart, so Helm would
 *   delete them with the release, and with them every ProxyClass, ProxyGroup, Connector and DNSConfig of
 *   the cluster, whoever made it.
 * - The operator runs as `system-cluster-critical`: everything exposed depends on it, and chart 1.96.5 has
 *   no value for a priority class (tailscale #19235).
 *
 * All else, comments included, is passed on as it came.
 *
 * @param manifests - the rendered chart, a stream of YAML documents
 * @throws Error if a document is no YAML, or the operator's Deployment is not there: then this is not the
 * chart that these changes are for, and to install it half-changed would hide that
 */
export function postRender(manifests: string): string {
  const documents = parseAllDocuments(manifests);
  for (const { errors } of documents) {
    if (errors[0]) throw new Error(`the chart rendered broken YAML: ${errors[0].message}`);
  }
  documents.filter((document) => isKind(document, "CustomResourceDefinition")).forEach(keepOnUninstall);

  const deployment = documents.find(
    (document) => isKind(document, "Deployment") && document.getIn(["metadata", "name"]) === "operator",
  );
  if (deployment === undefined) {
    throw new Error("the chart has no Deployment named operator, so its priority class cannot be set");
  }
  deployment.setIn(["spec", "template", "spec", "priorityClassName"], "system-cluster-critical");
  return documents.map((document) => document.toString({ directives: true, lineWidth: 0 })).join("");
}

function isKind(document: Document, kind: string): boolean {
  return document.get("kind") === kind;
}

function keepOnUninstall(crd: Document): void {
  crd.setIn(["metadata", "annotations", "helm.sh/resource-policy"], "keep");
}
