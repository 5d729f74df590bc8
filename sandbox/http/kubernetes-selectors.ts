import { type KubernetesObject, stringAt } from "../providers/kubernetes/api-server/objects.ts";

/** Whether an object matches `labelSelector` and `fieldSelector` of a list (Kubernetes, "Labels and Selectors"). */
export function matchesSelectors(object: KubernetesObject, query: URLSearchParams): boolean {
  const labels = object.metadata.labels ?? {};
  return (
    requirements(query.get("labelSelector")).every((one) => matches(one, (key) => labels[key])) &&
    requirements(query.get("fieldSelector")).every((one) =>
      matches(one, (path) => stringAt(object, ...path.split(".")) ?? ""),
    )
  );
}

/** Splits at the commas that are outside brackets. */
function requirements(selector: string | null): readonly string[] {
  return (selector ?? "")
    .split(/,(?![^(]*\))/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

function matches(requirement: string, valueOf: (key: string) => string | undefined): boolean {
  const [, key = "", not, values = ""] = /^(\S+)\s+(not)?in\s*\((.*)\)$/.exec(requirement) ?? [];
  if (key !== "") {
    const isListed = values.split(",").some((one) => one.trim() === valueOf(key));
    return not === undefined ? isListed : !isListed;
  }
  const [, name = "", operator = "", value = ""] = /^([^=!]+?)(==|!=|=)(.*)$/.exec(requirement) ?? [];
  if (operator === "!=") return valueOf(name) !== value;
  if (operator !== "") return valueOf(name) === value;
  return requirement.startsWith("!")
    ? valueOf(requirement.slice(1)) === undefined
    : valueOf(requirement) !== undefined;
}
