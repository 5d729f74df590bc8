import type { RecordedResource } from "../recording/recording.ts";

/** A resource and its children. */
export interface TreeNode {
  readonly resource: RecordedResource;
  readonly children: readonly TreeNode[];
}

/** Builds the tree of resources. A sibling comes after every sibling that it, or a resource below it, depends on. */
export function resourceTree(resources: readonly RecordedResource[]): readonly TreeNode[] {
  const childrenOf = Map.groupBy(resources, ({ parent }) => parent);
  const build = (parent: string | undefined): readonly TreeNode[] =>
    inOrder((childrenOf.get(parent) ?? []).map((resource) => ({ resource, children: build(resource.urn) })));
  return build(undefined);
}

function inOrder(siblings: readonly TreeNode[]): readonly TreeNode[] {
  const owner = new Map(siblings.flatMap((node) => members(node).map(({ urn }) => [urn, node])));
  const ordered = new Set<TreeNode>();
  const place = (node: TreeNode): void => {
    if (ordered.has(node)) return;
    const needed = members(node).flatMap(({ dependsOn }) => dependsOn.flatMap((urn) => owner.get(urn) ?? []));
    for (const other of new Set(needed)) if (other !== node) place(other);
    ordered.add(node);
  };
  siblings.forEach(place);
  return [...ordered];
}

function members({ resource, children }: TreeNode): readonly RecordedResource[] {
  return [resource, ...children.flatMap(members)];
}
