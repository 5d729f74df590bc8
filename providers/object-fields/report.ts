import type { ConfigIssue } from "../../components/config-issue.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import type { FieldChange } from "./field-changes.ts";
import { type Place, placeText } from "./inputs.ts";

export function missingObject(place: Place): ConfigIssue {
  return {
    path: placeText(place),
    found: "no such object in the cluster",
    allowed: "an object that exists: the stack changes some of its fields, and does not create it",
    fix: "check the name and the namespace in the stack's configuration, or create the object first",
  };
}

/** What others have changed since the last update, for a warning. It holds no values: they may be secret. */
export function driftNote(place: Place, live: LiveObject, changes: readonly FieldChange[]): string {
  const paths = changes.map(({ path }) => path.replace(/^fields\./, ""));
  const managers = (live.metadata.managedFields ?? [])
    .map(({ manager = "unknown" }) => manager)
    .filter((manager) => !manager.startsWith("tailnet-edge-"));
  return [
    `changed by others since the last update: ${paths.join(", ")} of the ${placeText(place)}`,
    `other field managers of this object: ${[...new Set(managers)].join(", ")}`,
    "fix: run pulumi up, which sets these fields again; remove them where the other manager defines them",
  ].join("\n");
}
