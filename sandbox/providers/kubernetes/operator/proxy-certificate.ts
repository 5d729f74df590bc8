import { type Authority, createAuthority } from "../../../../tools/worker-lab/certificates.ts";
import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";

/** Days until the certificate expires, with a fraction; negative after that. */
type DaysLeft = number;

/**
 * The certificates of proxies by their ts.net names, as far as they differ from {@link RENEWED}. Nothing takes time in
 * the model, so a name that an Ingress publishes was visited, and the proxy has always renewed its certificate.
 */
export function proxyCertificates(world: World): Table<DaysLeft | "not issued"> {
  return world.table("kubernetes.certificates");
}

/** Of a certificate of 90 days, which a proxy renews 30 days before its end (module tailscale.com, `ipn/ipnlocal/cert.go`). */
const RENEWED: DaysLeft = 60.5;
const DAY_MS = 24 * 60 * 60_000;

let authority: Promise<Authority> | undefined;
/** By name and days left. Making one takes longer than an API call. */
const made = new Map<string, Promise<string>>();

/** The certificate of a proxy in PEM; undefined if none was issued. */
export async function proxyCertificate(world: World, fqdn: string): Promise<string | undefined> {
  const state = proxyCertificates(world).get(fqdn) ?? RENEWED;
  if (state === "not issued") return undefined;
  const key = `${fqdn} ${state}`;
  const certificate = made.get(key) ?? issue(fqdn, state);
  made.set(key, certificate);
  return await certificate;
}

async function issue(fqdn: string, daysLeft: DaysLeft): Promise<string> {
  authority ??= createAuthority("Let's Encrypt of the sandbox");
  const until = new Date(Date.now() + daysLeft * DAY_MS);
  const from = new Date(until.getTime() - 90 * DAY_MS);
  return (await (await authority).issue(fqdn, { from, until })).cert;
}
