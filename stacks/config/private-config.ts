import type { PrivateService } from "../../components/private-services/private-service.ts";
import type { PlainConfig } from "./schema.ts";

/** A ProxyGroup that the stack creates. */
export type ProxyGroup = Omit<PlainConfig["proxyGroups"][number], "tags"> & {
  readonly tags: readonly string[];
};

/** A ProxyClass that the stack creates. */
export type ProxyClass = Omit<PlainConfig["proxyClasses"][number], "pullSecrets"> & {
  readonly pullSecrets: readonly string[];
};

/** Fills in the defaults of the ProxyClasses that depend on other settings. */
export function proxyClasses({ proxyClasses, operator }: PlainConfig): readonly ProxyClass[] {
  return proxyClasses.map((one) => ({ ...one, pullSecrets: one.pullSecrets ?? operator.pullSecrets }));
}

/** Fills in the defaults of the private services that depend on other settings. */
export function privateServices({ privateServices, operator }: PlainConfig): readonly PrivateService[] {
  return privateServices.map((service) => ({
    ...service,
    hostname: service.hostname ?? service.name,
    tags: service.tags ?? operator.proxyTags,
  }));
}

/** Fills in the defaults of the ProxyGroups that depend on other settings. */
export function proxyGroups({ proxyGroups, operator }: PlainConfig): readonly ProxyGroup[] {
  return proxyGroups.map((group) => ({ ...group, tags: group.tags ?? operator.proxyTags }));
}
