import { Document, isScalar } from "yaml";
import type { Recording } from "./recorder.ts";

/**
 * Renders the Kubernetes objects of a recording as a stream of YAML documents that `kubectl apply` takes.
 *
 * What the Helm release installs is not among them: its chart is fetched by Helm, when the stack is applied.
 */
export function renderYaml({ resources }: Recording): string {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
    .map(({ urn, inputs }) => {
      const document = new Document(inputs);
      document.commentBefore = ` ${urn}`;
      emptyHiddenData(document);
      return document.toString({ directives: true, lineWidth: 0 });
    })
    .join("")
    .trimEnd();
}

/** A Secret's data that is wholly hidden is no map any more, and so no Secret to Kubernetes. */
function emptyHiddenData(document: Document): void {
  const hidden = document.get("stringData", true);
  if (!isScalar(hidden)) return;
  const empty = document.createNode({});
  empty.comment = ` ${String(hidden.value)}`;
  document.set("stringData", empty);
}
