import { CHART_SECRET_NAME } from "../../../components/operator/chart-values.ts";
import type { Rule } from "./rule.ts";

/** Only a managed policy has a base, and only a managed policy is ever replaced. */
export const managedPolicy: Rule = ({ tailnet }) => {
  if (tailnet?.policy !== "verified") return [];
  const { basePolicy, replacePolicy } = tailnet;
  const base = {
    path: ["tailnet", "basePolicy"],
    found: `${JSON.stringify(basePolicy)}, with policy: verified`,
    allowed: "a base policy only with policy: managed; with policy: verified, the tailnet has the policy",
    fix: "remove basePolicy, or set policy: managed in the one stack that owns the tailnet's policy",
  };
  const replaced = {
    path: ["tailnet", "replacePolicy"],
    found: `${JSON.stringify(replacePolicy)}, with policy: verified`,
    allowed: "replacePolicy only with policy: managed; with policy: verified, the stack writes no policy",
    fix: "remove replacePolicy",
  };
  return [
    ...(typeof basePolicy === "string" ? [base] : []),
    ...(typeof replacePolicy === "string" ? [replaced] : []),
  ];
};

/** The policy gives the operator's tag the right to create devices with the proxies' tags. */
export const operatorTag: Rule = ({ operator, privateServices }) => {
  const tag = operator?.tag;
  if (typeof tag !== "string") return [];
  const found = `${tag}, which is also operator.tag`;
  const services = (privateServices ?? []).flatMap((service, index) =>
    service?.tags?.includes(tag) === true
      ? [
          {
            path: ["privateServices", index, "tags"],
            found,
            allowed: "tags that only proxies have: a service must not have the operator's permissions",
            fix: "give the service its own tag, such as tag:internal-apps",
          },
        ]
      : [],
  );
  if (operator?.proxyTags?.includes(tag) !== true) return services;
  return [
    {
      path: ["operator", "proxyTags"],
      found,
      allowed:
        "tags that only proxies have: a proxy that faces the internet must not have the operator's permissions",
      fix: "give the proxies their own tag, such as tag:k8s",
    },
    ...services,
  ];
};

/** The stack creates the operator's namespace, and deletes it with everything in it. */
export const operatorNamespace: Rule = ({ operator, publicEdge }) => {
  const namespace = operator?.namespace;
  if (typeof namespace !== "string" || namespace !== publicEdge?.funnel?.backend?.namespace) return [];
  return [
    {
      path: ["operator", "namespace"],
      found: `${JSON.stringify(namespace)}, which is also the namespace of the Funnel's backend`,
      allowed:
        "a namespace for the operator alone: the stack creates it, and deletes it with everything in it",
      fix: "choose an unused name, such as tailscale",
    },
  ];
};

/** With a federated credential there is no Secret to name. */
export const operatorSecret: Rule = ({ operator }) => {
  const { secretName, credential } = operator ?? {};
  if (
    credential?.kind !== "federated" ||
    typeof secretName !== "string" ||
    secretName === CHART_SECRET_NAME
  ) {
    return [];
  }
  return [
    {
      path: ["operator", "secretName"],
      found: `${JSON.stringify(secretName)}, with credential.kind: federated`,
      allowed: "a name only for a Secret with a key; a federated credential has none",
      fix: "remove secretName",
    },
  ];
};
