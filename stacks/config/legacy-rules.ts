import type { ConfigIssue } from "../../components/config-issue.ts";
import { settingPath, show } from "./issue-from-zod.ts";
import type { PlacedService } from "./private-rules.ts";

/** What a service's phase, selector and legacy exposure contradict in each other. */
export function legacyIssues(placed: PlacedService): readonly ConfigIssue[] {
  return [
    ...phaseIssues(placed),
    ...emptyIssues(placed),
    ...adoptionIssues(placed),
    ...selectorIssues(placed),
    ...objectNameIssues(placed),
  ];
}

function phaseIssues({ path, service: { phase, legacy } }: PlacedService): readonly ConfigIssue[] {
  if (phase === undefined || phase === "tailnet" || legacy !== undefined) return [];
  return [
    {
      path: settingPath([...path, "phase"]),
      found: `${phase}, without a legacy exposure that is known`,
      allowed: "tailnet alone, for a service without legacy",
      fix: "describe in legacy how it was reached before, or set phase: tailnet",
    },
  ];
}

function emptyIssues({ path, service }: PlacedService): readonly ConfigIssue[] {
  if (service.kind !== "ingress" || service.legacy === undefined) return [];
  if (service.legacy.ingress ?? service.legacy.backing) return [];
  return [
    {
      path: settingPath([...path, "legacy"]),
      found: "neither ingress nor backing",
      allowed: "ingress, backing, or both",
      fix: "describe how it was reached before, or take legacy out",
    },
  ];
}

/**
 * With `adopt` the way back would import an object that phase `tailnet` has deleted, and fail. Without it the
 * object is made again.
 */
function adoptionIssues({ path, service }: PlacedService): readonly ConfigIssue[] {
  if (service.phase !== "tailnet") return [];
  return adoptable(service)
    .filter(({ adopt }) => adopt)
    .map(({ key }) => ({
      path: settingPath([...path, "legacy", key, "adopt"]),
      found: "true, in phase tailnet, in which there is nothing to take over",
      allowed: "adopt in the phases legacy and coexist, for the one up that takes the object over",
      fix: "set phase: coexist and run pulumi up; then take adopt out and set phase: tailnet",
    }));
}

function adoptable({ kind, legacy }: PlacedService["service"]) {
  if (legacy === undefined || kind === "annotation") return [];
  const [key, object] =
    kind === "loadBalancer"
      ? (["loadBalancer", legacy.loadBalancer] as const)
      : (["ingress", legacy.ingress] as const);
  return object === undefined ? [] : [{ key, adopt: object.adopt }];
}

/** A label less selects more pods: a database's replicas too, or another cluster's. */
function selectorIssues({ path, service }: PlacedService): readonly ConfigIssue[] {
  if (service.kind !== "loadBalancer" || service.selector === undefined) return [];
  const old = service.legacy?.loadBalancer.selector ?? {};
  const differing = Object.entries(old).filter(([label, value]) => service.selector?.[label] !== value);
  if (differing.length === 0) return [];
  return [
    {
      path: settingPath([...path, "selector"]),
      found: `a selector without ${differing.map(([label, value]) => `${label}: ${value}`).join(", ")}`,
      allowed: "every label of the legacy Service's selector: with one less it selects other pods too",
      fix: `copy the selector of ${settingPath([...path, "legacy", "loadBalancer"])}`,
    },
  ];
}

function objectNameIssues({ path, service }: PlacedService): readonly ConfigIssue[] {
  const [key, old] =
    service.kind === "loadBalancer"
      ? ["loadBalancer.service", service.legacy?.loadBalancer.service]
      : service.kind === "ingress"
        ? ["ingress.name", service.legacy?.ingress?.name]
        : ["", undefined];
  if (old === undefined || old !== `${service.name ?? ""}-tailnet`) return [];
  return [
    {
      path: settingPath([...path, "legacy", ...key.split(".")]),
      found: `${show(old, path)}, which is the name of the object that the stack makes for the tailnet`,
      allowed: "another name than <name>-tailnet: both objects are there in phase coexist",
      fix: "rename the service, from whose name the new object's is made",
    },
  ];
}
