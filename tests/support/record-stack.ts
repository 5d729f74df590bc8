import program from "../../index.ts";
import { type Recording, type MockAnswers, record } from "../../plan/recorder.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { PROJECT_FOLDER } from "./stack-config.ts";

export interface RecordStackOptions {
  /** Keys of the namespace to set instead of what the stack's file has. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Those of them that are secrets, given as text. */
  readonly secretKeys?: readonly string[];
  readonly world?: MockAnswers;
  /** Default: true. */
  readonly preview?: boolean;
}

/** How a stack that manages the policy asks for the live one. */
export const LIVE_POLICY = { token: "tailscale:index/getAcl:getAcl", args: {} };

/** Records a stack of this repository, as its file declares it or with some keys changed. */
export function recordStack(
  stack: string,
  { config = {}, world = {}, preview = true, secretKeys = [] }: RecordStackOptions = {},
): Promise<Recording> {
  const file = readStackFile(PROJECT_FOLDER, stack);
  const changed = Object.entries(config).map(([key, value]) => [
    `tailnet-edge:${key}`,
    JSON.stringify(value),
  ]);
  return record({
    ...file,
    program,
    stack,
    config: { ...file.config, ...(Object.fromEntries(changed) as Record<string, string>) },
    secretKeys: [...file.secretKeys, ...secretKeys.map((key) => `tailnet-edge:${key}`)],
    world,
    preview,
  });
}

/** The ozilab stack's public edge with other hostnames, and other zones if given. */
export function publicEdge<Hostname>(
  hostnames: readonly Hostname[],
  zones: readonly string[] = ["example.com"],
) {
  return {
    funnel: {
      hostname: "ozilab-edge",
      backend: { namespace: "traefik", service: "traefik", port: 443 },
      allowFrom: ["group:platform"],
    },
    zones,
    hostnames,
  };
}

/** A world in which everything is made: the Funnel has its name, and zones their IDs and plans. */
export function madeWorld(funnel: string, plans: Readonly<Record<string, string>> = {}): MockAnswers {
  return {
    made: ({ type, name }) => ({
      id: `${name}-id`,
      state:
        type === "kubernetes:networking.k8s.io/v1:Ingress"
          ? { status: { loadBalancer: { ingress: [{ hostname: funnel }] } } }
          : type === "tailscale:index/oauthClient:OauthClient"
            ? { key: "tskey-client-made" }
            : {},
    }),
    called: ({ token, inputs }) => {
      if (token !== "cloudflare:index/getZone:getZone") return undefined;
      const zone = (inputs as { filter: { name: string } }).filter.name;
      return {
        zoneId: `id-of-${zone}`,
        plan: { legacyId: plans[zone] ?? "enterprise" },
        account: { id: "account-1" },
      };
    },
  };
}
