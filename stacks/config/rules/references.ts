import { complete, type Rule } from "./rule.ts";
import { kindPart } from "./service-kind.ts";

/** A private service's ProxyGroup is declared. */
export const declaredProxyGroups: Rule = ({ privateServices, proxyGroups }) => {
  // An invalid name may be the one that a service refers to.
  const names = complete(proxyGroups?.map((group) => group?.name));
  if (names === undefined) return [];
  return (privateServices ?? []).flatMap((service, index) => {
    const name = service?.proxyGroup;
    if (typeof name !== "string" || names.includes(name)) return [];
    return [
      {
        path: ["privateServices", index, "proxyGroup"],
        found: JSON.stringify(name),
        allowed: `the name of an entry in proxyGroups: ${listed(names)}`,
        fix: "add it to proxyGroups (the policy needs its tags), or remove proxyGroup",
      },
    ];
  });
};

/** Homepage is itself a private service of kind ingress. */
export const declaredHomepage: Rule = ({ homepage, privateServices }) => {
  const name = homepage?.service;
  const services = complete(privateServices);
  if (typeof name !== "string" || services === undefined) return [];
  const names = complete(
    services.filter((service) => kindPart(service).servesHttps).map((service) => service.name),
  );
  if (names === undefined || names.includes(name)) return [];
  return [
    {
      path: ["homepage", "service"],
      found: JSON.stringify(name),
      allowed: `the name of a private service of kind ingress: ${listed(names)}`,
      fix: "set the name that Homepage has in privateServices",
    },
  ];
};

function listed(names: readonly string[]): string {
  return names.length === 0 ? "there is none" : names.join(", ");
}
