import type { PolicyDocument } from "./document.ts";
import { oneLine } from "./hujson.ts";
import { coversSource, coversTag, splitDestination } from "./reach.ts";

type AccessPolicy = Pick<PolicyDocument, "acls" | "grants" | "groups">;

/** One source, one destination, one protocol and port range of a rule. */
interface Access {
  readonly section: "acls" | "grants";
  readonly src: string;
  readonly dst: string;
  /** A number or `*`; for an application capability, its name and parameters. */
  readonly protocol: string;
  /** `*`, `443`, `8000-8010` */
  readonly ports: string;
  /** Posture and route under which it applies; empty if always. */
  readonly condition: string;
}

// Protocols that the policy language names (Tailscale, "Tailnet policy syntax", proto).
const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = {
  icmp: "1",
  igmp: "2",
  ipv4: "4",
  tcp: "6",
  egp: "8",
  igp: "9",
  udp: "17",
  gre: "47",
  esp: "50",
  ah: "51",
  sctp: "132",
};

// Sources outside the tailnet's own devices, and exit nodes: `*` may leave them out.
const OUTSIDE = ["autogroup:danger-all", "autogroup:shared", "autogroup:internet"];

/**
 * The access that one policy allows and another does not, a line for each source and destination.
 *
 * It errs on the side of a loss: access that only several rules together still allow counts as lost.
 */
export function lostAccess(before: AccessPolicy, after: AccessPolicy): readonly string[] {
  const kept = accesses(after);
  const lost = accesses(before).filter(
    (access) => !kept.some((other) => covers(other, access, before.groups, after.groups)),
  );
  const rows = new Map<string, { ports: string[]; narrower: Set<string> }>();
  for (const access of lost) {
    const row = `${access.section}: ${access.src} → ${access.dst}`;
    const { ports, narrower } = rows.get(row) ?? { ports: [], narrower: new Set<string>() };
    ports.push(portText(access));
    for (const other of kept.filter((one) => covers(access, one, after.groups, before.groups))) {
      narrower.add(`${other.src} → ${other.dst} on ${portText(other)}`);
    }
    rows.set(row, { ports, narrower });
  }
  return [...rows].map(([row, { ports, narrower }]) => {
    const remaining = narrower.size === 0 ? "" : `; still allowed: ${[...narrower].join("; ")}`;
    return `${row} on ${[...new Set(ports)].join(", ")}${remaining}`;
  });
}

function accesses({ acls, grants }: AccessPolicy): readonly Access[] {
  const ofAcls = acls.flatMap((acl) =>
    (acl.src ?? acl.users ?? []).flatMap((src) =>
      (acl.dst ?? acl.ports ?? []).flatMap((destination) => {
        const { host, ports } = splitDestination(destination);
        return ranges(ports).map((range) => ({
          section: "acls" as const,
          src,
          dst: host,
          protocol: protocolNumber(acl.proto ?? "*"),
          ports: range,
          condition: condition({ srcPosture: acl.srcPosture }),
        }));
      }),
    ),
  );
  const ofGrants = grants.flatMap((grant) =>
    grant.src.flatMap((src) =>
      grant.dst.flatMap((dst) =>
        [...grant.ip.flatMap(portsOfGrant), ...capabilities(grant["app"])].map((allowed) => ({
          section: "grants" as const,
          src,
          dst,
          ...allowed,
          condition: condition({ srcPosture: grant.srcPosture, via: grant.via }),
        })),
      ),
    ),
  );
  return [...ofAcls, ...ofGrants];
}

function portsOfGrant(ip: string): readonly Pick<Access, "protocol" | "ports">[] {
  const { host, ports } = ip.includes(":") ? splitDestination(ip) : { host: "*", ports: ip };
  return ranges(ports).map((range) => ({ protocol: protocolNumber(host), ports: range }));
}

function capabilities(app: unknown): readonly Pick<Access, "protocol" | "ports">[] {
  return Object.entries(app ?? {}).map(([name, parameters]) => ({
    protocol: `${name} ${oneLine(parameters)}`,
    ports: "*",
  }));
}

function covers(
  rule: Access,
  access: Access,
  accessGroups: PolicyDocument["groups"],
  ruleGroups: PolicyDocument["groups"],
): boolean {
  return (
    (rule.condition === "" || rule.condition === access.condition) &&
    coversAnySource(rule.src, access.src, accessGroups, ruleGroups) &&
    coversDestination(rule.dst, access.dst) &&
    (rule.protocol === access.protocol || (rule.protocol === "*" && /^\d+$/.test(access.protocol))) &&
    coversRange(rule.ports, access.ports)
  );
}

function coversAnySource(
  selector: string,
  src: string,
  groups: PolicyDocument["groups"],
  selectorGroups: PolicyDocument["groups"],
): boolean {
  if (selector === src || selector === "autogroup:danger-all") return true;
  if (OUTSIDE.includes(src)) return false;
  const members = groups[src];
  return coversSource(selector, src, { ...selectorGroups, ...(members && { [src]: members }) });
}

function coversDestination(selector: string, dst: string): boolean {
  if (selector === dst) return true;
  if (OUTSIDE.includes(dst)) return false;
  return selector === "*" || (dst.startsWith("tag:") && coversTag(selector, dst));
}

function coversRange(outer: string, inner: string): boolean {
  if (outer === "*" || outer === inner) return true;
  if (inner === "*") return false;
  const [[from, to], [first, last]] = [bounds(outer), bounds(inner)];
  return from <= first && last <= to;
}

function bounds(range: string): readonly [number, number] {
  const [from = "", to = from] = range.split("-");
  return [Number(from), Number(to)];
}

function ranges(ports: string): readonly string[] {
  return ports.split(",").map((range) => range.trim());
}

function protocolNumber(name: string): string {
  return PROTOCOL_NUMBERS[name.toLowerCase()] ?? name.toLowerCase();
}

function condition(parts: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(parts).filter(([, value]) => value !== undefined);
  return set.length === 0 ? "" : oneLine(Object.fromEntries(set));
}

function portText({ protocol, ports, condition }: Access): string {
  const name = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => number === protocol)?.[0] ?? protocol;
  const text =
    protocol === "*" ? (ports === "*" ? "all ports" : ports) : ports === "*" ? name : `${name}:${ports}`;
  return condition === "" ? text : `${text} if ${condition}`;
}
