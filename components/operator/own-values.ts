import {
  type ChartValuesArgs,
  CREDENTIAL_ANNOTATION,
  INGRESS_CLASS,
  pullSecretReferences,
  repositories,
} from "./chart-values.ts";
import { PRIORITY_CLASS_ANNOTATION } from "./priority-class.ts";

/** A chart value that another setting of the stack decides. */
export interface OwnValue {
  /** Path in the chart's values. */
  readonly path: readonly string[];
  /** What decides it. */
  readonly setting: string;
  /** The value that the setting gives it; undefined if no other value can agree with the setting. */
  readonly value: unknown;
}

type Deciding =
  "hostname" | "operatorTag" | "proxyTags" | "priorityClass" | "registry" | "pullSecrets" | "proxyClass";

type Settings = { readonly [Key in Deciding]: ChartValuesArgs[Key] | undefined };

/** Lists the chart values that the stack decides. A setting that is undefined, or an empty list, decides nothing. */
export function ownValues(settings: Settings): readonly OwnValue[] {
  const {
    hostname,
    operatorTag,
    proxyTags,
    priorityClass,
    registry,
    pullSecrets = [],
    proxyClass,
  } = settings;
  const images = registry === undefined ? undefined : repositories(registry);
  const decided = (setting: string, path: readonly string[], value: unknown): readonly OwnValue[] =>
    value === undefined ? [] : [{ path, setting, value }];
  return [
    ...decided("operator.hostname", ["operatorConfig", "hostname"], hostname),
    ...decided("operator.tag", ["operatorConfig", "defaultTags"], operatorTag && [operatorTag]),
    ...decided("operator.proxyTags", ["proxyConfig", "defaultTags"], proxyTags?.join(",")),
    ...decided("operator.proxyClass", ["proxyConfig", "defaultProxyClass"], proxyClass),
    // Charts since 1.98 have this value; the post-renderer overrides it.
    ...decided("operator.priorityClass", ["operatorConfig", "priorityClassName"], priorityClass),
    ...decided(
      "operator.pullSecrets",
      ["imagePullSecrets"],
      pullSecrets.length === 0 ? undefined : pullSecretReferences(pullSecrets),
    ),
    ...decided("operator.registry", ["operatorConfig", "image", "repository"], images?.operator),
    ...decided("operator.registry", ["proxyConfig", "image", "repository"], images?.proxy),
    ...decided("the IngressClass of the stack's Ingresses", ["ingressClass", "name"], INGRESS_CLASS),
    ...UNCHANGEABLE,
  ];
}

/** Values that the stack sets to something that no configuration holds. */
const UNCHANGEABLE: readonly OwnValue[] = [
  { path: ["oauth"], setting: "operator.credential", value: undefined },
  { path: ["oauthSecretVolume"], setting: "operator.credential", value: undefined },
  ...[CREDENTIAL_ANNOTATION, PRIORITY_CLASS_ANNOTATION].map((annotation) => ({
    path: ["operatorConfig", "podAnnotations", annotation],
    setting: "the stack's own annotation",
    value: undefined,
  })),
];

/** The operator's variables that the chart sets from those values. A further variable of that name would override it. */
export const OWN_VARIABLES: Readonly<Record<string, string>> = {
  CLIENT_ID: "operator.credential",
  CLIENT_ID_FILE: "operator.credential",
  CLIENT_SECRET_FILE: "operator.credential",
  OPERATOR_HOSTNAME: "operator.hostname",
  OPERATOR_INGRESS_CLASS_NAME: "the IngressClass of the stack's Ingresses",
  OPERATOR_INITIAL_TAGS: "operator.tag",
  OPERATOR_NAMESPACE: "operator.namespace",
  PROXY_DEFAULT_CLASS: "operator.proxyClass",
  PROXY_TAGS: "operator.proxyTags",
};
