import type { ExposedRoute, StackPlan } from "./stack-plan.ts";

/** More unchanged routes than these make the picture unreadable. */
const MAX_UNCHANGED = 12;
const MAX_CHANGED = 40;

interface Edge {
  readonly client: string;
  readonly address: string;
  readonly route: string;
  readonly state: "kept" | "new" | "removed";
}

/** A Mermaid picture of who reaches what: new routes thick and green, removed ones dotted and red. */
export function routesDiagram(base: StackPlan | null, head: StackPlan | null): readonly string[] {
  const [before, after] = [edgesOf(base), edgesOf(head)];
  const edges = [
    ...[...after].map(([key, edge]): Edge => ({ ...edge, state: before.has(key) ? "kept" : "new" })),
    ...[...before]
      .filter(([key]) => !after.has(key))
      .map(([, edge]): Edge => ({ ...edge, state: "removed" })),
  ];
  const changed = edges.filter(({ state }) => state !== "kept").slice(0, MAX_CHANGED);
  const kept = edges.filter(({ state }) => state === "kept").slice(0, MAX_UNCHANGED);
  const shown = [...changed, ...kept];
  return ["flowchart LR", ...nodes(shown), ...shown.map((edge) => line(edge, shown)), ...styles(shown)];
}

function edgesOf(plan: StackPlan | null): ReadonlyMap<string, Omit<Edge, "state">> {
  const edges = (plan?.outputs.exposure ?? []).flatMap((row: ExposedRoute) =>
    row.allowed.map((client) => ({ client, address: row.requested, route: row.route })),
  );
  return new Map(edges.map((edge) => [JSON.stringify(edge), edge]));
}

function nodes(edges: readonly Edge[]): readonly string[] {
  return [
    ...clientsOf(edges).map((client, index) => `  c${index}(["${label(client)}"])`),
    ...addressesOf(edges).map((address, index) => `  a${index}["${label(address)}"]`),
  ];
}

function line({ client, address, route, state }: Edge, edges: readonly Edge[]): string {
  const arrow = { kept: "-->", new: "==>", removed: "-.->" }[state];
  const mark = { kept: "", new: "NEW: ", removed: "REMOVED: " }[state];
  const [from, to] = [clientsOf(edges).indexOf(client), addressesOf(edges).indexOf(address)];
  return `  c${from} ${arrow}|"${mark}${label(route)}"| a${to}`;
}

function styles(edges: readonly Edge[]): readonly string[] {
  const of = (state: Edge["state"]) => edges.flatMap((edge, index) => (edge.state === state ? [index] : []));
  const style = (indexes: readonly number[], color: string) =>
    indexes.length === 0 ? [] : [`  linkStyle ${indexes.join(",")} stroke:${color}`];
  return [...style(of("new"), "#1a7f37"), ...style(of("removed"), "#cf222e")];
}

function clientsOf(edges: readonly Edge[]): readonly string[] {
  return [...new Set(edges.map(({ client }) => client))];
}

function addressesOf(edges: readonly Edge[]): readonly string[] {
  return [...new Set(edges.map(({ address }) => address))];
}

/** Keeps what an address, a selector or a route consists of. Everything else could end the label. */
function label(text: string): string {
  return text.slice(0, 120).replaceAll(/[^\p{L}\p{N} .,:@/*+_()-]/gu, "?");
}
