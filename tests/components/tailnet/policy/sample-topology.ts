import {
  parsePolicyFile,
  type PolicyDocument,
  type PolicyFile,
} from "../../../../components/tailnet/policy/document.ts";
import type { Exposure, Topology } from "../../../../components/tailnet/policy/topology.ts";

/** One Funnel on 443, which `allowFrom` may also reach over the tailnet. */
export function edge(...allowFrom: readonly string[]): Topology {
  return exposing({ name: "edge", tags: ["tag:k8s"], ports: [443], allowFrom, funnel: true });
}

export function exposing(...exposures: readonly Exposure[]): Topology {
  return { operatorTag: "tag:k8s-operator", defaultProxyTags: ["tag:k8s"], exposures };
}

/** A database that only devices of one tag may use. */
export const DATABASE: Exposure = {
  name: "database",
  tags: ["tag:db"],
  ports: [5432],
  allowFrom: ["tag:ci"],
  funnel: false,
};

/** Parses a policy that must be valid. */
export function policyFile(policy: string | object, source = "base.hujson"): PolicyFile {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy);
  const { file, issues } = parsePolicyFile(text, source);
  if (file === undefined) throw new Error(`the sample is not a valid policy: ${JSON.stringify(issues)}`);
  return file;
}

export function policyDocument(policy: string | object): PolicyDocument {
  return policyFile(policy).document;
}
