import { Document } from "yaml";
import { UNKNOWN } from "../recording/decode.ts";
import type { RecordedResource, Recording } from "../recording/recording.ts";

/**
 * Renders the Kubernetes objects of a recording as a stream of YAML documents that `kubectl apply --server-side` takes,
 * fields of others' objects included.
 *
 * Secrets and unknown values are left out and listed in a comment: a placeholder in their place would
 * overwrite a live credential. The objects of the Helm release are missing: Helm fetches the chart only when
 * the stack is applied.
 */
export function renderYaml({ resources }: Recording): string {
  return resources
    .filter(({ type }) => /^(?:kubernetes|object-fields):(?!helm\.sh\/|index:Cluster$)/.test(type))
    .map((resource) => {
      const { object, leftOut } = withoutHidden(resource);
      const document = new Document(
        resource.type.startsWith("object-fields:") ? partialObject(object) : object,
      );
      const hidden = leftOut.map((path) => ` left out, as secret or not known yet: ${path}`);
      document.commentBefore = [` ${resource.urn}`, ...hidden].join("\n");
      return document.toString({ directives: true, lineWidth: 0 });
    })
    .join("")
    .trimEnd();
}

/** Fields of an object that somebody else created, as a manifest. */
function partialObject(inputs: object): object {
  const {
    apiVersion,
    kind,
    namespace,
    name,
    fields = {},
  } = inputs as {
    readonly [input: string]: unknown;
    readonly fields?: { readonly metadata?: object };
  };
  const { metadata, ...rest } = fields;
  return { apiVersion, kind, metadata: { name, namespace, ...metadata }, ...rest };
}

function withoutHidden({ inputs, secretInputs }: RecordedResource) {
  const leftOut: string[] = [];
  const isKept = (value: unknown, path: string) => {
    const kept = value !== UNKNOWN && !secretInputs.includes(path);
    if (!kept) leftOut.push(path);
    return kept;
  };
  // Builds the paths as decodeProperties does.
  const strip = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => {
        const itemPath = `${path}[${index}]`;
        return isKept(item, itemPath) ? [strip(item, itemPath)] : [];
      });
    }
    return typeof value === "object" && value !== null ? stripEntries(value, `${path}.`) : value;
  };
  const stripEntries = (value: object, prefix: string): object =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([key, item]) => isKept(item, `${prefix}${key}`))
        .map(([key, item]) => [key, strip(item, `${prefix}${key}`)]),
    );
  const object = stripEntries(inputs, "");
  // A Secret whose whole data is hidden still shows that it has data.
  const emptied = "stringData" in inputs && !("stringData" in object);
  return { object: emptied ? { ...object, stringData: {} } : object, leftOut };
}
