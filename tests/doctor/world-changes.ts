import { records } from "../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../sandbox/providers/cloudflare/entry-points.ts";
import { type Zone, zones } from "../../sandbox/providers/cloudflare/zones.ts";
import { type KubernetesObject, objects } from "../../sandbox/providers/kubernetes/api-server/objects.ts";
import {
  changeTailnet,
  type Credential,
  credentials,
  tailnet,
} from "../../sandbox/providers/tailscale/tailnet.ts";
import type { World } from "../../sandbox/world/world.ts";

/** The operator's credential, by its key in the world. */
export const SECRET = "Secret tailscale/operator-oauth";

/** The phases that a stack has rules in. */
export const ORIGIN = "http_request_origin";
export const CONFIG = "http_config_settings";
export const REDIRECT = "http_request_dynamic_redirect";

/** Changes a simulated world. */
export type WorldChange = (world: World) => void;

/** Several changes, in this order. */
export const all =
  (...changes: readonly WorldChange[]): WorldChange =>
  (world) => {
    for (const change of changes) change(world);
  };

export const policyWith = (change: (policy: string) => string) => (world: World) => {
  const { policy } = tailnet(world);
  const changed = change(policy);
  if (changed === policy) throw new Error("the policy is as before");
  changeTailnet(world, { policy: changed });
};
export const zone = (world: World): Zone => {
  const found = zones(world).find(({ name }) => name === "example.com");
  if (found === undefined) throw new Error("no zone");
  return found;
};
export const changeZone = (change: Partial<Zone>) => (world: World) => {
  zones(world).set(zone(world).id, { ...zone(world), ...change });
};
export const changeObject =
  (key: string, change: (object: KubernetesObject) => KubernetesObject) => (world: World) => {
    const object = objects(world).get(key);
    if (object === undefined) throw new Error(`no ${key}`);
    objects(world).set(key, change(object));
  };
export const changeSecret = (change: (secret: string) => string | undefined) =>
  changeObject(SECRET, (object) => {
    const { client_secret: encoded = "", ...data } = object.data ?? {};
    const value = change(Buffer.from(encoded, "base64").toString());
    const changed = value === undefined ? {} : { client_secret: Buffer.from(value).toString("base64") };
    return { ...object, data: { ...data, ...changed } };
  });
export const changeCredential =
  (change: (credential: Credential) => Partial<Credential>) => (world: World) => {
    for (const [id, credential] of [...credentials(world)]) {
      credentials(world).set(id, { ...credential, ...change(credential) });
    }
  };
export const changeRecord = (change: object | undefined) => (world: World) => {
  for (const [id, record] of [...records(world, zone(world).id)]) {
    const table = records(world, zone(world).id);
    if (change === undefined) table.delete(id);
    else table.set(id, { ...record, ...change });
  }
};
export const addRule = (
  phase: string,
  actionParameters: object,
  expression = 'http.host eq "app.example.com"',
) =>
  changeRules(phase, (rules) => [
    ...rules,
    {
      id: "f".repeat(32),
      ref: "theirs",
      action: "x",
      expression,
      actionParameters: { ...actionParameters },
      description: "theirs",
    },
  ]);
type Rules = NonNullable<ReturnType<ReturnType<typeof rulesets>["get"]>>["rules"];
export function changeRules(phase: string, change: (rules: Rules) => Rules) {
  return (world: World) => {
    const [found] = [...rulesets(world)].filter(([, ruleset]) => ruleset.phase === phase);
    if (found === undefined) throw new Error(`no ruleset of ${phase}`);
    const [key, ruleset] = found;
    rulesets(world).set(key, { ...ruleset, rules: change(ruleset.rules) });
  };
}

export const withoutObject = (key: string) => (world: World) => {
  if (!objects(world).has(key)) throw new Error(`no ${key}`);
  objects(world).delete(key);
};
