import type { RecordedResource } from "../plan/recording/recording.ts";
import type { Finding } from "./finding.ts";

/** An entry of a file for `pulumi import --file`. */
export interface ImportEntry {
  readonly type: string;
  /** Unique in the file. */
  readonly name: string;
  /** The name in the program, if it is another one. */
  readonly logicalName?: string;
  /** Name of the parent's entry; none for a child of the stack. */
  readonly parent?: string;
  readonly component?: true;
  readonly id?: string;
  /** Version of the provider. */
  readonly version?: string;
}

export interface ImportFile {
  readonly resources: readonly ImportEntry[];
}

/**
 * The import file for what exists and can be taken over (Pulumi, "Import resources": JSON file).
 *
 * @param resources - everything that the stack declares
 * @param inState - URNs that the stack's state has already: the engine refuses to import them
 * @param versions - of the providers by their package, so that the engine starts those that the program uses
 */
export function importFile(
  resources: readonly RecordedResource[],
  findings: readonly Finding[],
  inState: ReadonlySet<string>,
  versions: Readonly<Record<string, string>>,
): ImportFile {
  const ids = new Map(
    findings.flatMap((finding): [string, string][] =>
      finding.kind === "existing" && finding.importId !== undefined && !inState.has(finding.resource.urn)
        ? [[finding.resource.urn, finding.importId]]
        : [],
    ),
  );
  const included = resources.filter(({ urn }) => ids.has(urn) || isAncestor(urn, [...ids.keys()], resources));
  const names = entryNames(included);
  return {
    resources: included.map(({ urn, type, name, parent }): ImportEntry => {
      const id = ids.get(urn);
      const entryName = names.get(urn) ?? name;
      const parentName = names.get(parent ?? "");
      const version = versions[type.split(":")[0] ?? ""];
      return {
        type,
        name: entryName,
        ...(entryName !== name && { logicalName: name }),
        ...(parentName !== undefined && { parent: parentName }),
        ...(id === undefined ? { component: true } : { id, ...(version !== undefined && { version }) }),
      };
    }),
  };
}

function isAncestor(urn: string, of: readonly string[], resources: readonly RecordedResource[]): boolean {
  const parents = new Map(resources.map((resource) => [resource.urn, resource.parent]));
  // The stack itself, which has no parent, is no entry.
  if (parents.get(urn) === undefined) return false;
  return of.some((one) => {
    let parent = parents.get(one);
    while (parent !== undefined && parent !== urn) parent = parents.get(parent);
    return parent === urn;
  });
}

/** A component and its child may have the same name: the child's entry then has its kind too. */
function entryNames(resources: readonly RecordedResource[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { urn, type, name } of resources) {
    let unique = name;
    if (taken.has(unique)) unique = `${name}-${type.split(":").at(-1) ?? ""}`;
    for (let number = 2; taken.has(unique); number += 1) unique = `${name}-${number}`;
    taken.add(unique);
    names.set(urn, unique);
  }
  return names;
}
