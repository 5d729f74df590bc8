import { RulesApi } from "../../../providers/edge-rules/rules-api.ts";
import { ZoneRulesResource } from "../../../providers/edge-rules/zone-rules-resource.ts";
import type { Props } from "../../../providers/protocol/local-resource.ts";
import { answer } from "../../../sandbox/http/api.ts";
import { cloudflareApi } from "../../../sandbox/http/cloudflare.ts";
import {
  entryPointOf,
  rulesets,
  type StoredRule,
} from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { type Plan, zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { API_TOKEN } from "../../../sandbox/world/api-token.ts";
import { callCounts } from "../../../sandbox/world/api.ts";
import { MemoryWorld } from "../../../sandbox/world/world.ts";

export const ZONE = "f".repeat(32);
export const PHASE = "http_request_origin";
export const REDIRECT_PHASE = "http_request_dynamic_redirect";
export const FUNNEL = "ozilab-edge.tail1234.ts.net";

/** A rule of the phase for origin rules, as a program wants it. */
export function sniRule(...hosts: readonly string[]) {
  return {
    action: "route",
    expression: `http.host in {${hosts.map((host) => `"${host}"`).join(" ")}}`,
    actionParameters: { sni: { value: FUNNEL } },
    description: "SNI of the Funnel, Host kept",
  };
}

/** A rule of the phase for redirects. */
export function redirectRule(...hosts: readonly string[]) {
  return {
    action: "redirect",
    expression: `not ssl and ${sniRule(...hosts).expression}`,
    actionParameters: { from_value: { status_code: 308, target_url: { value: "https://example.com" } } },
    description: "https",
  };
}

export function inputsOf(rules: Readonly<Record<string, object>>, phase = PHASE): Props {
  return { zoneId: ZONE, phase, rules };
}

/** A zone behind the simulated API, whose answers others may change between two calls. */
export class ZoneApi {
  readonly world = new MemoryWorld();
  /** Waits of the provider, in milliseconds. */
  readonly waits: number[] = [];
  readonly warnings: string[] = [];
  /** Runs before each call is answered. A response takes the place of the API's. */
  before: (method: string, path: string) => Response | undefined = () => undefined;
  /** Takes the place of the answer to a call that was carried out. */
  replace: (method: string, response: Response) => Response = (_, response) => response;
  /** Runs after each call was answered, before the stack gets the answer. */
  after: (method: string) => unknown = () => undefined;

  readonly phase: string;

  /** @param phase - whose rules others change, and that the getters read */
  constructor(plan: Plan = "enterprise", phase = PHASE) {
    this.phase = phase;
    zones(this.world).set(ZONE, { id: ZONE, name: "example.com", accountId: "a", plan });
  }

  /** The resource as a stack's provider serves it. */
  stack(stack = "ozilab", token = API_TOKEN) {
    const send = async (url: string | URL | Request, init?: RequestInit) => {
      const request = new Request(url, init);
      const { method } = request;
      const response =
        this.before(method, new URL(request.url).pathname) ??
        (await answer(cloudflareApi, this.world, request));
      await this.after(method);
      return this.replace(method, response);
    };
    const credential = { baseUrl: "http://cloudflare", headers: { authorization: `Bearer ${token}` } };
    const api = Promise.resolve(new RulesApi(credential, send));
    const wait = (ms: number) => Promise.resolve(this.waits.push(ms));
    const log = { warn: (text: string) => this.warnings.push(text), info: () => undefined };
    const named = { resource: { project: "tailnet-edge", stack, name: "example.com-origin-rules" }, log };
    const resource = new ZoneRulesResource(() => api, wait);
    return {
      check: (news: Props, olds?: Props) => resource.check({ ...named, news, ...(olds && { olds }) }),
      diff: (olds: Props, news: Props) => resource.diff({ ...named, olds, news }),
      create: (news: Props) => resource.create({ ...named, news }),
      update: (olds: Props, news: Props) => resource.update({ ...named, olds, news }),
      read: (id: string, olds?: Props) => resource.read({ ...named, id, ...(olds && { olds }) }),
      delete: (olds: Props) => resource.delete({ ...named, olds }),
    };
  }

  get rules(): readonly StoredRule[] {
    return entryPointOf(this.world, ZONE, this.phase)?.rules ?? [];
  }

  get refs(): readonly string[] {
    return this.rules.map(({ ref }) => ref.replace(/^tailnet_edge_([a-z]+)[0-9a-f]{8}_/, "$1:"));
  }

  /** Changes the entry point as somebody else does. */
  edit(change: (rules: readonly StoredRule[]) => readonly StoredRule[]): void {
    const id = "e".repeat(32);
    const found = entryPointOf(this.world, ZONE, this.phase) ?? {
      id,
      zoneId: ZONE,
      kind: "zone",
      phase: this.phase,
      name: "default",
      version: 0,
      rules: [],
    };
    rulesets(this.world).set(`${ZONE}/${found.id}`, {
      ...found,
      version: found.version + 1,
      rules: change(found.rules),
    });
  }

  /**
   * Somebody else, such as Terraform, who has just read the entry point and will write it as a whole: what others write
   * until then is lost.
   *
   * @returns writes what was read, and a rule more
   */
  async wholeWriter(): Promise<(added: StoredRule) => Promise<void>> {
    const { result } = (await (await this.entryPoint("GET")).json()) as {
      readonly result: { readonly rules: readonly object[] };
    };
    return async ({ actionParameters, ...added }) => {
      const rules = [...result.rules, { ...added, action_parameters: actionParameters }];
      // IDs are in answers only. A rule keeps its ID with its ref.
      const { status } = await this.entryPoint("PUT", {
        rules: rules.map((rule) => ({ ...rule, id: undefined })),
      });
      if (status !== 200) throw new Error(`the write of the whole entry point was refused: ${status}`);
    };
  }

  /** A call of somebody else about the whole entry point. */
  async entryPoint(method: "GET" | "PUT", body?: object): Promise<Response> {
    const request = new Request(`http://cloudflare/zones/${ZONE}/rulesets/phases/${this.phase}/entrypoint`, {
      method,
      headers: { authorization: `Bearer ${API_TOKEN}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return await answer(cloudflareApi, this.world, request);
  }

  add(...rules: readonly StoredRule[]): void {
    this.edit((before) => [...before, ...rules]);
  }

  /** The calls so far, without the part of their names that all have. */
  get calls(): Readonly<Record<string, number>> {
    const entries = Object.entries(callCounts(this.world)).map(([name, count]) => [
      name.replace("cloudflare ", "").replace("/zones/{zone}/rulesets", ""),
      count,
    ]);
    return Object.fromEntries(entries) as Record<string, number>;
  }

  /** The calls that were made since then. */
  callsSince(before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    const entries = Object.entries(this.calls).map(
      ([name, count]) => [name, count - (before[name] ?? 0)] as const,
    );
    return Object.fromEntries(entries.filter(([, count]) => count > 0));
  }
}

/** A rule of somebody else. */
export function foreignRule(ref: string, changes: Partial<StoredRule> = {}): StoredRule {
  return {
    id: `id-${ref}`,
    ref,
    action: "route",
    expression: 'http.host eq "other.example.com"',
    actionParameters: { origin: { port: 8443 } },
    description: `rule ${ref} of somebody else`,
    enabled: true,
    ...changes,
  };
}
