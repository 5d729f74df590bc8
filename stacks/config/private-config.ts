import type { PrivateService } from "../../components/private-services/private-service.ts";
import type { PlainConfig } from "./schema.ts";

/** A ProxyGroup that the stack makes. */
export type ProxyGroup = Omit<PlainConfig["proxyGroups"][number], "tags"> & {
  readonly tags: readonly string[];
};

/** The private services with what follows from the rest of the configuration where they leave it out. */
export function privateServices({ privateServices, operator }: PlainConfig): readonly PrivateService[] {
  return privateServices.map((service) => ({
    ...service,
    hostname: service.hostname ?? service.name,
    tags: service.tags ?? operator.proxyTags,
  }));
}

/** The ProxyGroups, completed likewise. */
export function proxyGroups({ proxyGroups, operator }: PlainConfig): readonly ProxyGroup[] {
  return proxyGroups.map((group) => ({ ...group, tags: group.tags ?? operator.proxyTags }));
}
