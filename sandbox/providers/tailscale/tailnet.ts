import { createHash } from "node:crypto";
import type { Table } from "../../world/table.ts";
import { ApiError } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import { parsePolicy } from "./policy.ts";

/** The tailnet as its control plane knows it. */
export interface Tailnet {
  /** Its DNS name, such as `tail1234.ts.net`. */
  readonly name: string;
  /** HuJSON. */
  readonly policy: string;
  /** Whether nobody has edited the policy yet: only then does `If-Match: "ts-default"` hold. */
  readonly policyIsDefault: boolean;
  readonly magicDns: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a program can log in to the API with: an OAuth client, or an identity of another issuer. */
export interface Credential {
  readonly id: string;
  /** SHA-256 of the secret; a federated identity has none. */
  readonly secretHash?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly tags: readonly string[];
}

export interface Device {
  /** First label of its DNS name. */
  readonly name: string;
  readonly tags: readonly string[];
  /** Who joined it: `operator`, `proxy <kind> <namespace>/<name>`, or whatever was there before. */
  readonly owner: string;
}

/** The policy of a new tailnet: everybody reaches everything (Tailscale, "Default policy"). */
const DEFAULT_POLICY = '{"grants": [{"src": ["*"], "dst": ["*"], "ip": ["*"]}]}';

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
 * Whether the holder of a credential may put tags on what it makes: its own tags, and tags that one of them
 * owns (Tailscale, "Tags"; the operator owning its proxies' tags is the documented case).
 */
export function mayAssign(world: World, { tags: own }: Credential, tags: readonly string[]): boolean {
  const { tagOwners } = parsePolicy(tailnet(world).policy);
  return tags.every(
    (tag) =>
      tag in tagOwners && (own.includes(tag) || (tagOwners[tag] ?? []).some((owner) => own.includes(owner))),
  );
}

/**
 * The operator's own check of its credential. Without the scope `services` the endpoint answers 404 and not
 * 403, which the operator reports as `InvalidOAuth` (tailscale #19471).
 */
export function listVipServices({ scopes }: Credential): void {
  if (!hasScope(scopes, "services")) throw new ApiError(404, "GET /tailnet/-/vip-services: 404 not found");
}

/** Makes the auth key with which a device joins (`POST /tailnet/-/keys`). */
export function mintAuthKey(world: World, credential: Credential, tags: readonly string[]): void {
  if (!hasScope(credential.scopes, "auth_keys")) {
    throw new ApiError(403, "calling actor does not have enough permissions to perform this function");
  }
  if (tags.length === 0 || !mayAssign(world, credential, tags)) {
    throw new ApiError(400, `requested tags [${tags.join(" ")}] are invalid or not permitted`);
  }
}

/** Joins a device. A name that is taken, even by a machine long gone, gets `-1` appended (tailscale #10604). */
export function joinDevice(world: World, wanted: Device): string {
  const id = `node-${world.serial("tailscale.device")}`;
  devices(world).set(id, { ...wanted, name: freeName(world, wanted.name) });
  return id;
}

/** Gives a device another name, under the same rule. */
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
