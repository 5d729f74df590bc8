import { BlockList, isIP } from "node:net";
import type { Policy } from "./policy.ts";

/**
 * The failed `tests` of a policy in the API's format: for each source, the targets with the wrong verdict
 * (Tailscale, "Tests"; "Syntax reference for the tailnet policy file").
 *
 * The model shares no code with the program. If it did, it would share the program's mistakes.
 */
export function failedTests(policy: Policy): string[] {
  return policy.tests.flatMap(({ src, proto, accept = [], deny = [] }) => {
    const wrong = (targets: readonly string[], want: boolean) =>
      targets
        .filter((target) => reaches(policy, src, target, proto) !== want)
        .map((target) => `address "${target}": want: ${verdict(want)}, got: ${verdict(!want)}`);
    const errors = [...wrong(accept, true), ...wrong(deny, false)];
    return errors.length > 0 ? [`${src}: ${errors.join(", ")}`] : [];
  });
}

function verdict(accepted: boolean): string {
  return accepted ? "Accept" : "Drop";
}

function reaches(policy: Policy, source: string, target: string, proto: string | undefined): boolean {
  const { host, ports: port } = splitTarget(target);
  const byAcl = policy.acls.some(
    (rule) =>
      rule.src.some((selector) => selects(policy, selector, source)) &&
      (proto === undefined || rule.proto === undefined || rule.proto === proto) &&
      rule.dst.some((part) => {
        const allowed = splitTarget(part);
        return includesPort(allowed.ports, port) && isTarget(policy, allowed.host, source, host);
      }),
  );
  return (
    byAcl ||
    policy.grants.some(
      (grant) =>
        grant.src.some((selector) => selects(policy, selector, source)) &&
        grant.dst.some((selector) => isTarget(policy, selector, source, host)) &&
        (grant.ip ?? []).some((capability) => allowsPort(capability, proto, port)),
    )
  );
}

/** `autogroup:self` means the source's own devices, so it depends on both ends. */
function isTarget(policy: Policy, selector: string, source: string, host: string): boolean {
  return selector === "autogroup:self" ? source === host : selects(policy, selector, host);
}

function selects(policy: Policy, selector: string, who: string): boolean {
  if (selector === "*" || selector === who) return true;
  if (selector.startsWith("group:")) return (policy.groups[selector] ?? []).includes(who);
  if (selector === "autogroup:tagged") return who.startsWith("tag:");
  // A group in a test means any of its members.
  if (selector === "autogroup:member") return who.includes("@") || who.startsWith("group:");
  return containsAddress(policy.hosts[selector] ?? selector, policy.hosts[who] ?? who);
}

function containsAddress(network: string, address: string): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const [base = "", bits] = network.split("/");
  if (isIP(address) === 0 || isIP(base) !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  return list.check(address, family);
}

/** `tcp:443`, `443`, `80-90`, `udp:*` or `*`, as in a grant's `ip`. */
function allowsPort(capability: string, proto: string | undefined, port: string): boolean {
  const [first = "", second] = capability.split(":");
  const [allowedProto, ports] = second === undefined ? [undefined, first] : [first, second];
  return (
    (proto === undefined || allowedProto === undefined || allowedProto === proto) && includesPort(ports, port)
  );
}

function includesPort(ports: string, port: string): boolean {
  return ports.split(",").some((range) => {
    const [from = "", to = from] = range.split("-");
    return range === "*" || (Number(from) <= Number(port) && Number(port) <= Number(to));
  });
}

function splitTarget(target: string): { readonly host: string; readonly ports: string } {
  const colon = target.lastIndexOf(":");
  return { host: target.slice(0, colon), ports: target.slice(colon + 1) };
}
