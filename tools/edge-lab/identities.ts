import { type Authority, createAuthority, type Identity } from "../worker-lab/certificates.ts";
import type { LabSettings } from "./settings.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The authority that everybody trusts, and Let's Encrypt's staging authority, which nobody trusts. */
export interface Authorities {
  readonly trusted: Authority;
  readonly staging: Authority;
  /** Certificates by name and kind. Making one takes longer than a handshake. */
  readonly issued: Map<string, Promise<Identity>>;
}

export async function createAuthorities(): Promise<Authorities> {
  const [trusted, staging] = await Promise.all([
    createAuthority("Laboratory authority"),
    createAuthority("(STAGING) Laboratory authority"),
  ]);
  return { trusted, staging, issued: new Map() };
}

type Kind = LabSettings["funnelCertificate"] | LabSettings["edgeCertificate"];

/** A certificate of a kind for a name. Undefined if the kind is that there is none. */
export function identityFor(
  authorities: Authorities,
  name: string,
  kind: Kind,
): Promise<Identity> | undefined {
  if (kind === "missing") return undefined;
  const key = `${kind} ${name}`;
  const known = authorities.issued.get(key);
  if (known) return known;
  const { trusted, staging } = authorities;
  const identity = (kind === "staging" ? staging : trusted).issue(name, validity(kind));
  authorities.issued.set(key, identity);
  return identity;
}

function validity(kind: Exclude<Kind, "missing">): { from: Date; until: Date } {
  const now = Date.now();
  const from = new Date(now - 60 * DAY_MS);
  switch (kind) {
    case "valid":
    case "staging":
      return { from, until: new Date(now + 60.5 * DAY_MS) };
    case "expires soon":
      return { from, until: new Date(now + 3.5 * DAY_MS) };
    case "expired":
      return { from, until: new Date(now - 2.5 * DAY_MS) };
  }
}
