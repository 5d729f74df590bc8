import type { PolicyDocument } from "./document.ts";

/** A rule that lets a source reach a destination. */
export interface ReachingRule {
  /** Its place in the policy: `acls[0]`, `grants[2]`. */
  readonly path: string;
  /** Its sources and destinations, for messages. */
  readonly text: string;
  /** Whether it applies only to some devices (posture) or over some routers (via), and so grants no certain access. */
  readonly conditional: boolean;
}

// Address ranges that contain every address of a tailnet.
const ANY_DEVICE = ["*", "autogroup:danger-all", "100.64.0.0/10", "0.0.0.0/0", "fd7a:115c:a1e0::/48", "::/0"];

/** A protocol with ports. */
export type Protocol = "tcp" | "udp";

/** What a rule calls a protocol (Tailscale, "Tailnet policy syntax", proto). */
const PROTOCOL_NAMES: Readonly<Record<Protocol, readonly string[]>> = {
  tcp: ["tcp", "6"],
  udp: ["udp", "17"],
};

/**
 * Finds the rules of a policy that let `src` reach a device tagged `tag` on a port, by TCP or UDP.
 *
 * It covers the destinations that this program derives, which are tags, and follows Tailscale's documented matching
 * ("Tailnet policy syntax"): groups, autogroups of users and of tags, `*`, port lists and ranges. The policy does not
 * say who has a role (`autogroup:admin`), so no user is assumed to have one.
 */
export function rulesReaching(
  policy: Pick<PolicyDocument, "acls" | "grants" | "groups">,
  src: string,
  tag: string,
  port: number,
  protocol: Protocol = "tcp",
): readonly ReachingRule[] {
  const fromSource = (selectors: readonly string[]) =>
    selectors.some((selector) => coversSource(selector, src, policy.groups));

  const acls = policy.acls.flatMap((acl, index) => {
    const [sources, destinations] = [acl.src ?? acl.users ?? [], acl.dst ?? acl.ports ?? []];
    const reaches =
      acl.action === "accept" &&
      coversProtocol(acl.proto, protocol) &&
      fromSource(sources) &&
      destinations.some((destination) => {
        const { host, ports } = splitDestination(destination);
        return coversTag(host, tag) && coversPort(ports, port);
      });
    const conditional = acl.srcPosture !== undefined;
    return reaches ? [{ path: `acls[${index}]`, text: describe(sources, destinations), conditional }] : [];
  });
  const grants = policy.grants.flatMap((grant, index) => {
    const reaches =
      fromSource(grant.src) &&
      grant.dst.some((selector) => coversTag(selector, tag)) &&
      grant.ip.some((ip) => coversCapability(ip, port, protocol));
    const conditional = grant.srcPosture !== undefined || grant.via !== undefined;
    const text = describe(grant.src, grant.dst, grant.ip);
    return reaches ? [{ path: `grants[${index}]`, text, conditional }] : [];
  });
  return [...acls, ...grants];
}

/**
 * Whether a rule or a test with this `proto` covers a protocol. The name's case does not matter; without one it covers
 * both.
 */
export function coversProtocol(proto: string | undefined, protocol: Protocol): boolean {
  return proto === undefined || PROTOCOL_NAMES[protocol].includes(proto.toLowerCase());
}

/** Splits `tag:k8s:443` at its last colon: `{ host: "tag:k8s", ports: "443" }`. */
export function splitDestination(destination: string): { host: string; ports: string } {
  const colon = destination.lastIndexOf(":");
  return { host: destination.slice(0, colon), ports: destination.slice(colon + 1) };
}

/** Whether a rule's source selector covers another selector. */
export function coversSource(selector: string, src: string, groups: PolicyDocument["groups"]): boolean {
  if (selector === src || selector === "*" || selector === "autogroup:danger-all") return true;
  if (src.startsWith("tag:")) return selector === "autogroup:tagged";
  if (src.startsWith("autogroup:")) return selector === "autogroup:member" && isRole(src);
  if (src.startsWith("group:")) {
    const members = groups[src] ?? [];
    return members.length > 0 && members.every((member) => coversSource(selector, member, groups));
  }
  if (!src.includes("@")) return false;
  if (selector === "autogroup:member") return true;
  if (selector.startsWith("user:*@")) return src.endsWith(selector.slice("user:*".length));
  return groups[selector]?.includes(src) ?? false;
}

function isRole(autogroup: string): boolean {
  return !["autogroup:tagged", "autogroup:shared", "autogroup:danger-all"].includes(autogroup);
}

/** Whether a rule's destination selector covers a tag. */
export function coversTag(selector: string, tag: string): boolean {
  return selector === tag || selector === "autogroup:tagged" || ANY_DEVICE.includes(selector);
}

function coversCapability(ip: string, port: number, protocol: Protocol): boolean {
  const { host: name, ports } = ip.includes(":") ? splitDestination(ip) : { host: "*", ports: ip };
  return (name === "*" || coversProtocol(name, protocol)) && coversPort(ports, port);
}

function coversPort(ports: string, port: number): boolean {
  return ports.split(",").some((range) => {
    if (range === "*") return true;
    const [from, to = from] = range.split("-");
    return port >= Number(from) && port <= Number(to);
  });
}

function describe(sources: readonly string[], ...destinations: readonly (readonly string[])[]): string {
  return [sources, ...destinations].map((selectors) => selectors.join(", ")).join(" → ");
}
