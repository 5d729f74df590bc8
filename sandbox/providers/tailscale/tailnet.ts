import { createHash } from "node:crypto";
import { ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import { parsePolicy } from "./policy.ts";

/** The tailnet in its control plane. */
export interface Tailnet {
  /** DNS name, such as `tail1234.ts.net`. */
  readonly name: string;
  /** The policy file as HuJSON. */
  readonly policy: string;
  /** Whether nobody has edited the policy. Only then does `If-Match: "ts-default"` match. */
  readonly policyIsDefault: boolean;
  readonly magicDns: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A credential for the API: an OAuth client, or a workload identity of another issuer. */
export interface Credential {
  readonly id: string;
  /** SHA-256 of the secret. A workload identity has none. */
  readonly secretHash?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly tags: readonly string[];
  /** Until when it is accepted, and since when it is no longer: ISO 8601. */
  readonly expires?: string;
  readonly revoked?: string;
}

/** Whether the API accepts a credential. One that expired or was revoked is still listed. */
export function isAccepted({ expires, revoked }: Credential): boolean {
  return revoked === undefined && (expires === undefined || Date.parse(expires) > Date.now());
}

export interface Device {
  /** First label of the DNS name. */
  readonly name: string;
  readonly tags: readonly string[];
  /** Who joined it: `operator`, `proxy <kind> <namespace>/<name>`, or any text for a device of others. */
  readonly owner: string;
}

/**
 * The policy of a new tailnet, without its many comments: every device reaches every other, members use Tailscale SSH
 * on their own devices, and may turn on Funnel for them (Tailscale, "Default policy").
 */
export const DEFAULT_POLICY = `// Example/default ACLs for unrestricted connections.
{
	"grants": [
		// Allow all connections.
		// Comment this section out if you want to define specific restrictions.
		{"src": ["*"], "dst": ["*"], "ip": ["*"]},
	],
	"ssh": [
		// Allow all users to SSH into their own devices in check mode.
		{
			"action": "check",
			"src": ["autogroup:member"],
			"dst": ["autogroup:self"],
			"users": ["autogroup:nonroot", "root"],
		},
	],
	"nodeAttrs": [
		// Funnel policy, which lets tailnet members control Funnel for their own devices.
		{"target": ["autogroup:member"], "attr": ["funnel"]},
	],
}
`;

const NEW_TAILNET: Tailnet = {
  name: "tail1234.ts.net",
  policy: DEFAULT_POLICY,
  policyIsDefault: true,
  magicDns: true,
  settings: { httpsEnabled: false },
};

export function tailnet(world: World): Tailnet {
  return world.table<Tailnet>("tailscale.tailnet").get("-") ?? NEW_TAILNET;
}

export function changeTailnet(world: World, change: Partial<Tailnet>): void {
  world.table<Tailnet>("tailscale.tailnet").set("-", { ...tailnet(world), ...change });
}

export function resetPolicy(world: World): void {
  changeTailnet(world, { policy: DEFAULT_POLICY, policyIsDefault: true });
}

export function credentials(world: World): Table<Credential> {
  return world.table("tailscale.credentials");
}

export function devices(world: World): Table<Device> {
  return world.table("tailscale.devices");
}

export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/**
 * Whether a credential may assign tags: its own tags, and tags that one of its own tags owns (Tailscale, "Tags";
 * the documented case is an operator that owns its proxies' tags).
 */
export function mayAssign(world: World, { tags: own }: Credential, tags: readonly string[]): boolean {
  const { tagOwners } = parsePolicy(tailnet(world).policy);
  return tags.every(
    (tag) =>
      tag in tagOwners && (own.includes(tag) || (tagOwners[tag] ?? []).some((owner) => own.includes(owner))),
  );
}

/**
 * The call with which the operator checks its credential. Without the scope `services` the API answers 404 rather
 * than 403, and the operator reports `InvalidOAuth` (tailscale #19471).
 */
export function listVipServices({ scopes }: Credential): void {
  if (!hasScope(scopes, "services")) throw new ApiError(404, "GET /tailnet/-/vip-services: 404 not found");
}

/** Creates an auth key for a device (`POST /tailnet/-/keys`). */
export function mintAuthKey(world: World, credential: Credential, tags: readonly string[]): void {
  if (!hasScope(credential.scopes, "auth_keys")) {
    throw new ApiError(403, "calling actor does not have enough permissions to perform this function");
  }
  if (tags.length === 0 || !mayAssign(world, credential, tags)) {
    throw new ApiError(400, `requested tags [${tags.join(" ")}] are invalid or not permitted`);
  }
}

/**
 * Joins a device and returns its ID. A taken name gets the suffix `-1`, even if the other device has long been
 * offline (tailscale #10604).
 */
export function joinDevice(world: World, wanted: Device): string {
  const id = `node-${world.serial("tailscale.device")}`;
  devices(world).set(id, { ...wanted, name: freeName(world, wanted.name) });
  return id;
}

/** Renames a device, with the same rule for a taken name. */
export function renameDevice(world: World, id: string, name: string): void {
  const device = devices(world).get(id);
  if (device) devices(world).set(id, { ...device, name: freeName(world, name, id) });
}

export function removeDevice(world: World, { scopes }: Credential, id: string): void {
  if (!hasScope(scopes, "devices:core")) throw new ApiError(403, `DELETE /device/${id}: 403 forbidden`);
  devices(world).delete(id);
}

export function hasScope(scopes: readonly string[], wanted: string): boolean {
  return scopes.includes("all") || scopes.includes(wanted);
}

function freeName(world: World, wanted: string, except?: string): string {
  const taken = new Set([...devices(world)].flatMap(([id, { name }]) => (id === except ? [] : [name])));
  let name = wanted;
  for (let suffix = 1; taken.has(name); suffix += 1) name = `${wanted}-${suffix}`;
  return name;
}
