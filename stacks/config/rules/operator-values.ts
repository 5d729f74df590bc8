import { type Contradiction, contradictions } from "../../../components/operator/extra-values.ts";
import { ownValues } from "../../../components/operator/own-values.ts";
import { show } from "../issue-from-zod.ts";
import { complete, type Rule, type RuleIssue } from "./rule.ts";

/** A further value of the chart agrees with what other settings decide. */
export const operatorValues: Rule = ({ operator }) => {
  const { values, hostname, tag, proxyTags, proxyClass, priorityClass, pullSecrets, registry } =
    operator ?? {};
  if (values === null || values === undefined) return [];
  const own = ownValues({
    hostname: hostname ?? undefined,
    operatorTag: tag ?? undefined,
    proxyTags: complete(proxyTags),
    proxyClass: proxyClass ?? undefined,
    priorityClass: priorityClass ?? undefined,
    pullSecrets: complete(pullSecrets),
    registry: registry ?? undefined,
  });
  return contradictions(values, own).map(issueOf);
};

function issueOf({ path, found, setting, value }: Contradiction): RuleIssue {
  const decides =
    value === undefined
      ? `${setting} decides this one`
      : `${setting} makes this one ${JSON.stringify(value)}`;
  return {
    path: ["operator", "values", ...path],
    found: `${show(found, path)}, which contradicts ${setting}`,
    allowed: `values that no other setting decides; ${decides}`,
    fix: setting.startsWith("operator.") ? `remove it, and set ${setting}` : "remove it",
  };
}
