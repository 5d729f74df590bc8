import type { Cause as Explanation } from "../../explain/cluster-causes.ts";
import type { Cause } from "../core/causes.ts";

/** What a cluster's texts mean: messages of the API server, the kubelet, Helm and the operator. */
const KNOWN: readonly (readonly [RegExp, Cause])[] = [
  [/^is in pending-/, "release-interrupted"],
  [/violates PodSecurity/, "pod-security-refused"],
  [/secret "[^"]+" not found/i, "secret-missing"],
  [/InvalidOAuth|vip-services/, "scope-missing"],
  [/HTTPSNotEnabled/, "https-off"],
  [/ErrImagePull|ImagePullBackOff/, "image-not-pulled"],
  [/Insufficient (cpu|memory)|FailedScheduling/, "no-room-for-pod"],
  [/headless|NoValidBackends|InvalidIngressBackend/, "backend-missing"],
  [/requested tags .* are invalid or not permitted/, "tag-without-owner"],
];

/** The cause behind a cluster's explanations, and which of them shows it. The first one that is known wins. */
export function clusterCause(
  explanations: readonly Explanation[],
): { readonly cause: Cause | undefined; readonly evidence: string } | undefined {
  const known = explanations.flatMap((explanation) => {
    const cause = KNOWN.find(([text]) => text.test(explanation.what))?.[1];
    return cause === undefined ? [] : [{ cause, evidence: textOf(explanation) }];
  });
  const [first] = explanations;
  return known[0] ?? (first && { cause: undefined, evidence: textOf(first) });
}

function textOf({ where, what }: Explanation): string {
  return `${where}: ${what}`;
}
