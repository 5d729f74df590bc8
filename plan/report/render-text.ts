import { stringify } from "yaml";
import type { RecordedCall, RecordedResource, Recording } from "../recording/recording.ts";
import { exposureTables } from "./exposure-tables.ts";
import { hopTables } from "./hop-tables.ts";
import { resourceTree, type TreeNode } from "./resource-tree.ts";

/** Renders a recording for people: the tree of resources, the lookups, the hops, the exposure, the outputs. */
export function renderText(stack: string, { resources, calls, outputs }: Recording): string {
  const names = new Map(resources.map(({ urn, name }) => [urn, name]));
  const deployed = resources.filter(({ type }) => !isComponent(type));
  return [
    `Stack ${stack}: ${deployed.length} resources. No account and no cluster was contacted.`,
    resourceTree(resources)
      .flatMap(({ children }) => renderChildren(children, "", names))
      .join("\n"),
    renderLookups(calls),
    ...hopTables(outputs),
    ...exposureTables(outputs),
    `Outputs\n${indent(stringify(outputs, { lineWidth: 0 }))}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function renderChildren(
  children: readonly TreeNode[],
  margin: string,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  return children.flatMap(({ resource, children: below }, index) => {
    const last = index === children.length - 1;
    const inner = `${margin}${last ? "   " : "│  "}`;
    const rail = below.length > 0 ? "│  " : "   ";
    return [
      `${margin}${last ? "└─ " : "├─ "}${resource.name}  ${resource.type}`,
      ...renderDetails(resource, names).map((line) => `${inner}${rail}  ${line}`.trimEnd()),
      ...renderChildren(below, inner, names),
    ];
  });
}

function renderDetails(
  { type, inputs, dependsOn, options }: RecordedResource,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  if (isComponent(type)) return [];
  // Objects that are only read are not in the tree.
  const after = dependsOn.flatMap((urn) => names.get(urn) ?? []).join(", ");
  return [
    ...(after === "" ? [] : [`after ${after}`]),
    ...(options.importId === undefined ? [] : [`imports ${options.importId} unchanged`]),
    ...(options.retainOnDelete ? ["kept when the stack is destroyed"] : []),
    ...stringify(inputs, { lineWidth: 0 }).trimEnd().split("\n"),
  ];
}

function renderLookups(calls: Recording["calls"]): string {
  const lines = calls.map(
    ({ token, args }) => LOOKUPS.get(token)?.(args) ?? `${token} ${JSON.stringify(args)}`,
  );
  if (lines.length === 0) return "";
  return `Looked up by pulumi preview, not checked offline:\n${indent(lines.join("\n"))}`;
}

/** What each provider function looks up, in the user's words. */
const LOOKUPS: ReadonlyMap<string, (args: RecordedCall["args"]) => string> = new Map([
  [
    "cloudflare:index/getZone:getZone",
    ({ filter }: RecordedCall["args"]) =>
      `zone ${(filter as { name: string }).name}: its ID, and whether its plan supports the via of each hostname`,
  ],
  ["tailscale:index/getAcl:getAcl", () => "the live policy, to compare it with what the stack needs"],
]);

function isComponent(type: string): boolean {
  return type.startsWith("tailnet-edge:") || type.startsWith("pulumi:");
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "  ");
}
