import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import { workerRoutes } from "../../../sandbox/providers/cloudflare/worker.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { LOCK_HEADER } from "../../../worker/src/lock-header.ts";

/** The secret that the origin receives with a visitor's request for a hostname; undefined if none is sent. */
export function sentSecret(world: World, host: string): string | undefined {
  const route = workerRoutes(world)
    .values()
    .find(({ pattern }) => pattern === `${host}/*`);
  if (route !== undefined) return boundSecret(world, route.script ?? "");
  return rulesets(world)
    .values()
    .filter(({ phase }) => phase === "http_request_late_transform")
    .flatMap(({ rules }) => rules)
    .filter(({ expression }) => expression.includes(`"${host}"`))
    .map(({ actionParameters }) => {
      const { headers } = (actionParameters ?? {}) as { headers?: Record<string, { value?: string }> };
      return headers?.[LOCK_HEADER]?.value;
    })
    .at(-1);
}

/** The secret that a script sends, or the pool that it passes requests to. */
export function boundSecret(world: World, script: string): string | undefined {
  const bindings = workerScripts(world).get(script)?.bindings ?? [];
  const secret = bindings.find(({ name }) => name === "ORIGIN_LOCK");
  if (secret !== undefined && secret.type !== "secret_text")
    throw new Error(`ORIGIN_LOCK is a ${secret.type}`);
  return secret?.["text"] as string | undefined;
}

/** The secrets that Traefik accepts from Funnel; undefined if it accepts every request. */
export function acceptedSecrets(world: World): readonly string[] | undefined {
  const router = objects(world).get("IngressRoute traefik/ozilab-edge-lock");
  // Traefik leaves out a router whose middleware is missing.
  if (router === undefined || !objects(world).has("Middleware traefik/ozilab-edge-lock-refuse"))
    return undefined;
  const [route] = (router.spec as { routes: readonly { match: string }[] }).routes;
  const match = route?.match ?? "";
  const secrets = [...match.matchAll(/ && !Header\(`tailnet-edge-lock`, `([0-9a-f]{64})`\)/g)];
  const rest = secrets.reduce((text, [part]) => text.replace(part, ""), match);
  if (rest !== "HeaderRegexp(`Tailscale-Funnel-Request`, `.*`)") throw new Error(`unexpected rule: ${match}`);
  return secrets.map(([, secret = ""]) => secret);
}

/** Whether Traefik answers 403 to visitors of a hostname that leads to the Funnel. */
export function isRefused(world: World, host: string): boolean {
  const accepted = acceptedSecrets(world);
  return accepted !== undefined && !accepted.includes(sentSecret(world, host) ?? "");
}
