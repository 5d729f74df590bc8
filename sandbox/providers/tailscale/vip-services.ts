import { ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import { parsePolicy } from "./policy.ts";
import { type Credential, type Device, devices, hasScope, mayAssign, tailnet } from "./tailnet.ts";

/** A Tailscale Service: a name and an address that several devices serve. */
export interface VipService {
  /** `svc:app`, where `app` is the first label of the DNS name. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly address: string;
  /** Device of the operator that created it. A service created by hand has none. */
  readonly owner?: string;
}

/** Tailscale Services by name. */
export function vipServices(world: World): Table<VipService> {
  return world.table("tailscale.services");
}

/**
 * `GET /tailnet/-/vip-services/<name>`.
 *
 * @returns undefined if there is no such service
 * @throws ApiError if a device has that name (`cmd/k8s-operator/svc-for-pg.go`, maybeProvision)
 */
export function vipService(world: World, name: string): VipService | undefined {
  const label = name.replace(/^svc:/, "");
  if (devices(world).find((device) => device.name === label)) {
    throw new ApiError(400, `error getting Tailscale Service "${label}": the name is that of a device`);
  }
  return vipServices(world).get(name);
}

/** `PUT /tailnet/-/vip-services/<name>`. @throws ApiError without the scope, or for tags it may not assign */
export function putVipService(
  world: World,
  credential: Credential,
  wanted: Pick<VipService, "name" | "tags" | "owner">,
): VipService {
  requireScope(credential, "PUT", wanted.name);
  if (!mayAssign(world, credential, wanted.tags)) {
    throw new ApiError(400, `requested tags [${wanted.tags.join(" ")}] are invalid or not permitted`);
  }
  const before = vipServices(world).get(wanted.name);
  const address = before?.address ?? `100.96.0.${world.serial("tailscale.service")}`;
  if (before?.tags.join() !== wanted.tags.join()) {
    vipServices(world).set(wanted.name, { ...wanted, address });
  }
  return { ...wanted, address };
}

/** `DELETE /tailnet/-/vip-services/<name>`. @throws ApiError without the scope */
export function deleteVipService(world: World, credential: Credential, name: string): void {
  requireScope(credential, "DELETE", name);
  vipServices(world).delete(name);
}

/**
 * Whether a device may serve a service without an admin's approval: `autoApprovers.services` of the policy lists a
 * tag of the device for the service's name or for one of its tags (Tailscale, "Tailscale Services", auto-approval).
 */
export function isApproved(world: World, { name, tags }: VipService, device: Device): boolean {
  const approvers = parsePolicy(tailnet(world).policy).autoApprovers?.services ?? {};
  return [name, ...tags].some((key) => approvers[key]?.some((tag) => device.tags.includes(tag)));
}

/** Without the scope the API answers 404, as for a missing service (tailscale #19471). */
function requireScope({ scopes }: Credential, verb: string, name: string): void {
  if (!hasScope(scopes, "services")) {
    throw new ApiError(404, `${verb} /tailnet/-/vip-services/${name}: 404 not found`);
  }
}
