import type { Rule, RuleIssue, ServicePart } from "./rule.ts";
import { kindPart } from "./service-kind.ts";

/** Fields of one private service that contradict each other. Paths start at the service. */
export const consistentServices: Rule = ({ privateServices }) =>
  (privateServices ?? []).flatMap((service, index) => {
    if (service === null) return [];
    const issues = [
      ...authIssues(service),
      ...phaseIssues(service),
      ...emptyIssues(service),
      ...adoptIssues(service),
      ...selectorIssues(service),
      ...objectNameIssues(service),
      ...portIssues(service),
    ];
    return issues.map((issue) => ({ ...issue, path: ["privateServices", index, ...issue.path] }));
  });

/** An oauth2-proxy that only answers Traefik's forward-auth requests serves no application. */
function authIssues(service: ServicePart): readonly RuleIssue[] {
  if (service.kind !== "ingress" || service.backend === null) return [];
  const { service: name, port, auth } = service.backend;
  if (auth === null || auth === "reverse-proxy" || name === null || port === null) return [];
  if (auth === undefined && !/oauth2-?proxy/.test(name) && port !== 4180) return [];
  return [
    {
      path: ["backend"],
      found: `${name}:${port}, ${auth === undefined ? "an oauth2-proxy by its name or port" : "with auth: forward-auth"}`,
      allowed:
        "the application's own Service: with forward-auth, oauth2-proxy only answers yes or no and forwards nothing",
      fix: "set the application's Service; if this oauth2-proxy has the application as its upstream, set backend.auth: reverse-proxy",
    },
  ];
}

/** What the API server refuses only in the middle of an update. */
function portIssues(service: ServicePart): readonly RuleIssue[] {
  if (service.kind !== "loadBalancer") return [];
  const texts = (service.ports ?? []).map((entry) =>
    entry === null || entry.port === null || entry.protocol === null
      ? null
      : `${entry.port}/${entry.protocol}`,
  );
  return texts.flatMap((text, index): RuleIssue[] =>
    text === null || texts.indexOf(text) === index
      ? []
      : [
          {
            path: ["ports", index],
            found: `${text}, which is in the list already`,
            allowed: "each port once for TCP and once for UDP",
            fix: "remove one of the two entries",
          },
        ],
  );
}

function phaseIssues({ phase, legacy }: ServicePart): readonly RuleIssue[] {
  if (phase === null || phase === "tailnet" || legacy !== undefined) return [];
  return [
    {
      path: ["phase"],
      found: `${phase}, without legacy`,
      allowed: "tailnet, for a service without legacy",
      fix: "describe the previous exposure in legacy, or set phase: tailnet",
    },
  ];
}

function emptyIssues(service: ServicePart): readonly RuleIssue[] {
  if (service.kind !== "ingress" || service.legacy === undefined || service.legacy === null) return [];
  if (service.legacy.ingress !== undefined || service.legacy.backing !== undefined) return [];
  return [
    {
      path: ["legacy"],
      found: "neither ingress nor backing",
      allowed: "ingress, backing, or both",
      fix: "describe the previous exposure, or remove legacy",
    },
  ];
}

/**
 * With `adopt`, a return to an earlier phase would import an object that phase `tailnet` has deleted, and fail.
 * Without it, the object is created again.
 */
function adoptIssues(service: ServicePart): readonly RuleIssue[] {
  const { legacyObject } = kindPart(service);
  if (service.phase !== "tailnet" || legacyObject?.adopt !== true) return [];
  return [
    {
      path: [...legacyObject.path, "adopt"],
      found: "true, with phase: tailnet, where there is nothing to adopt",
      allowed: "adopt only with phase legacy or coexist, for the one pulumi up that adopts the object",
      fix: "set phase: coexist and run pulumi up; then remove adopt and set phase: tailnet",
    },
  ];
}

/** With one label less, a selector matches more pods: a database's replicas too, or another cluster's. */
function selectorIssues(service: ServicePart): readonly RuleIssue[] {
  if (service.kind !== "loadBalancer") return [];
  const { selector } = service;
  if (selector === null) return [];
  const differing = Object.entries(service.legacy?.loadBalancer?.selector ?? {}).filter(
    ([label, value]) => value !== null && selector[label] !== null && selector[label] !== value,
  );
  if (differing.length === 0) return [];
  return [
    {
      path: ["selector"],
      found: `a selector without ${differing.map(([label, value]) => `${label}: ${value ?? ""}`).join(", ")}`,
      allowed: "every label of the legacy Service's selector: with one label less it matches other pods too",
      fix: "copy the selector of legacy.loadBalancer",
    },
  ];
}

function objectNameIssues(service: ServicePart): readonly RuleIssue[] {
  const { legacyObject } = kindPart(service);
  if (service.name === null || legacyObject?.name !== `${service.name}-tailnet`) return [];
  return [
    {
      path: [...legacyObject.path, legacyObject.nameKey],
      found: `${JSON.stringify(legacyObject.name)}, which is the name of the object that the stack creates`,
      allowed: "any name except <name>-tailnet: both objects exist in phase coexist",
      fix: "rename the service: the name of the new object comes from it",
    },
  ];
}
