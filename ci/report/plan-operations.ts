import { isDeepStrictEqual } from "node:util";
import { shortType } from "./preview-operations.ts";
import type { StackPlan } from "./stack-plan.ts";
import type { StackOperation } from "./stack-report.ts";

type Resource = StackPlan["resources"][number];

/** The operations that follow from two offline plans, as far as they can be known without credentials. */
export function planOperations(base: StackPlan | null, head: StackPlan | null): StackOperation[] {
  const [before, after] = [deployed(base), deployed(head)];
  const previous = new Map(before.map((resource) => [resource.urn, resource]));
  const remaining = new Set(after.map(({ urn }) => urn));
  return [
    ...after.flatMap((resource): StackOperation[] => {
      const old = previous.get(resource.urn);
      if (old === undefined) return [operation("create", resource, [])];
      const changes = changesOf(old, resource);
      return changes.length === 0 ? [] : [operation("update", resource, changes)];
    }),
    ...before.filter(({ urn }) => !remaining.has(urn)).map((resource) => operation("delete", resource, [])),
  ];
}

function deployed(plan: StackPlan | null): readonly Resource[] {
  return (plan?.resources ?? []).filter(
    ({ type }) => !type.startsWith("tailnet-edge:") && !type.startsWith("pulumi:"),
  );
}

function operation(op: string, { type, name }: Resource, changes: StackOperation["changes"]): StackOperation {
  return { op, type: shortType(type), name, changes };
}

/** The inputs that differ, at the top level. */
function changesOf(before: Resource, after: Resource): StackOperation["changes"] {
  const paths = [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])].sort();
  return paths
    .filter((path) => !isDeepStrictEqual(before.inputs[path], after.inputs[path]))
    .map((path) => ({
      path,
      ...(path in before.inputs && { before: valueText(before.inputs[path]) }),
      ...(path in after.inputs && { after: valueText(after.inputs[path]) }),
    }));
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
