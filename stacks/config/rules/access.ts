import { settingPath } from "../issue-from-zod.ts";
import { complete, type ConfigPart, type Path, type Rule } from "./rule.ts";
import { kindPart } from "./service-kind.ts";

interface Access {
  readonly path: Path;
  readonly allowFrom: string;
  /** `tag:k8s:443` */
  readonly destinations: readonly string[];
}

/**
 * The policy knows a service by its tags and ports. Two services that share both are open to each other's clients.
 */
export const distinctAccess: Rule = (config) => {
  const all = accesses(config);
  return all.flatMap((later, index) =>
    all.slice(0, index).flatMap((earlier) => {
      const shared = later.destinations.filter((one) => earlier.destinations.includes(one));
      if (shared.length === 0 || later.allowFrom === earlier.allowFrom) return [];
      return [
        {
          path: later.path,
          found: `${later.allowFrom}; but ${settingPath(earlier.path)} has ${earlier.allowFrom}, and both are ${shared.join(", ")} in the policy`,
          allowed: "one allowFrom for each tag and port: the policy distinguishes services by nothing else",
          fix: "give one of the two its own tag, or give both the same allowFrom",
        },
      ];
    }),
  );
};

function accesses({ operator, publicEdge, privateServices }: ConfigPart): readonly Access[] {
  const proxyTags = operator?.proxyTags;
  const funnel = access(
    ["publicEdge", "funnel", "allowFrom"],
    publicEdge?.funnel?.allowFrom,
    proxyTags,
    [443],
  );
  const services = (privateServices ?? []).flatMap((service, index) => {
    if (service === null) return [];
    // Not `??`: invalid tags do not fall back to the default.
    const tags = service.tags === undefined ? proxyTags : service.tags;
    const { ports, udpPorts } = kindPart(service);
    return access(["privateServices", index, "allowFrom"], service.allowFrom, tags, [
      ...(ports ?? []),
      ...udpPorts.map((port) => `${port}/udp`),
    ]);
  });
  return [...funnel, ...services];
}

type Entries<T> = readonly (T | null)[] | null | undefined;

function access(
  path: Path,
  allowFrom: Entries<string>,
  tags: Entries<string>,
  ports: Entries<number | string>,
): readonly Access[] {
  const clients = complete(allowFrom);
  if (clients === undefined) return [];
  const destinations = (tags ?? [])
    .filter((tag) => tag !== null)
    .flatMap((tag) => (ports ?? []).filter((port) => port !== null).map((port) => `${tag}:${port}`));
  return [{ path, allowFrom: [...new Set(clients)].sort().join(", "), destinations }];
}
