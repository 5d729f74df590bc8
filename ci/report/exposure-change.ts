import { coversSource } from "../../components/tailnet/policy/reach.ts";
import type { ExposedRoute, StackPlan } from "./stack-plan.ts";

const INTERNET = "everybody on the internet";

/**
 * What a change does to one address of a service, worst first:
 *
 * - `public`: everybody on the internet gains access
 * - `widened`: somebody else gains access, or a middleware of Traefik such as a login no longer applies
 * - `rerouted`: the same clients take another route
 * - `narrowed`: somebody loses access
 * - `closed`: nobody reaches the address any more
 */
export const CHANGE_KINDS = ["public", "widened", "rerouted", "narrowed", "closed"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The change at one address. */
export interface ExposureChange {
  readonly kind: ChangeKind;
  readonly name: string;
  readonly address: string;
  readonly before: readonly ExposedRoute[];
  readonly after: readonly ExposedRoute[];
  /** Who can reach the address and could not before. */
  readonly gained: readonly string[];
}

/** The addresses whose clients or routes differ between two plans, worst change first. */
export function exposureChanges(base: StackPlan | null, head: StackPlan | null): readonly ExposureChange[] {
  const [before, after] = [routesByAddress(base), routesByAddress(head)];
  const addresses = [...new Set([...before.keys(), ...after.keys()])];
  return addresses
    .flatMap((address) => changeAt(address, before.get(address) ?? [], after.get(address) ?? []))
    .toSorted((one, other) => CHANGE_KINDS.indexOf(one.kind) - CHANGE_KINDS.indexOf(other.kind));
}

/** Whether somebody gains access: such a change must be acknowledged. */
export function widens({ gained }: ExposureChange): boolean {
  return gained.length > 0;
}

function routesByAddress(plan: StackPlan | null): ReadonlyMap<string, readonly ExposedRoute[]> {
  return Map.groupBy(plan?.outputs.exposure ?? [], ({ requested }) => requested);
}

function changeAt(
  address: string,
  before: readonly ExposedRoute[],
  after: readonly ExposedRoute[],
): readonly ExposureChange[] {
  const gained = [...notCovered(after, before), ...withoutMiddleware(before, after)];
  const lost = notCovered(before, after);
  const kind = kindOf(gained, lost, after, routesText(before) !== routesText(after));
  const [{ name }] = [...after, ...before] as unknown as [ExposedRoute];
  return kind === undefined ? [] : [{ kind, name, address, before, after, gained }];
}

function kindOf(
  gained: readonly string[],
  lost: readonly string[],
  after: readonly ExposedRoute[],
  isRerouted: boolean,
): ChangeKind | undefined {
  if (gained.includes(INTERNET)) return "public";
  if (gained.length > 0) return "widened";
  if (after.length === 0) return "closed";
  if (lost.length > 0) return "narrowed";
  return isRerouted ? "rerouted" : undefined;
}

/** The clients of some routes that no route of the others allows. */
function notCovered(routes: readonly ExposedRoute[], others: readonly ExposedRoute[]): readonly string[] {
  const allowed = others.flatMap((route) => route.allowed);
  const clients = [...new Set(routes.flatMap((route) => route.allowed))];
  return clients.filter((client) => !allowed.some((other) => coversClient(other, client)));
}

/**
 * The clients of each route of Traefik that skip a middleware of every route before. A middleware can be a login, and
 * its name does not say so. What a route adds is no access.
 */
function withoutMiddleware(
  before: readonly ExposedRoute[],
  after: readonly ExposedRoute[],
): readonly string[] {
  const known = before.map(middlewaresOf);
  return after.flatMap((route) => {
    const own = middlewaresOf(route);
    if (known.some((middlewares) => middlewares.every((one) => own.includes(one)))) return [];
    const lost = [...new Set(known.flat())].filter((one) => !own.includes(one));
    return lost.length === 0 ? [] : route.allowed.map((client) => `${client} without ${lost.join(", ")}`);
  });
}

/** `Traefik, auth-oauth2-proxy@kubernetescrd (still open)` lists the middlewares in their order. */
function middlewaresOf({ route }: ExposedRoute): readonly string[] {
  const [, middlewares] = /^Traefik, (.*?)(?: \(.*\))?$/.exec(route) ?? [];
  return middlewares?.split(", ") ?? [];
}

function coversClient(other: string, client: string): boolean {
  return other === INTERNET || coversSource(other, client, {});
}

function routesText(routes: readonly ExposedRoute[]): string {
  return JSON.stringify(routes.map(({ route, allowed }) => [route, allowed]));
}
