import program from "../../index.ts";
import { record } from "../../plan/recording/recorder.ts";
import type { MockAnswers } from "../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../plan/recording/recording.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { PROJECT_FOLDER } from "./stack-config.ts";

export interface RecordStackOptions {
  /** Keys of the namespace `tailnet-edge`, which override the stack file's. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Which of these keys are secrets. Their values are text. */
  readonly secretKeys?: readonly string[];
  readonly answers?: MockAnswers;
  /** Default: true. */
  readonly preview?: boolean;
}

/** The call with which a stack that manages the policy reads the live one. */
export const LIVE_POLICY = { token: "tailscale:index/getAcl:getAcl", args: {} };

/** Records a stack of this repository from its file, with some keys changed if given. */
export function recordStack(
  stack: string,
  { config = {}, answers = {}, preview = true, secretKeys = [] }: RecordStackOptions = {},
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
    answers,
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
      allowFrom: ["autogroup:member"],
    },
    zones,
    hostnames,
  };
}

/** Answers as after an `up`: every resource has an ID, the Funnel its assigned name, each zone its ID and plan. */
export function publicEdgeAnswers(funnel: string, plans: Readonly<Record<string, string>> = {}): MockAnswers {
  return {
    newResource: ({ type, name }) => ({
      id: `${name}-id`,
      state:
        type === "kubernetes:networking.k8s.io/v1:Ingress"
          ? { status: { loadBalancer: { ingress: [{ hostname: funnel }] } } }
          : type === "tailscale:index/oauthClient:OauthClient"
            ? { key: "tskey-client-made" }
            : {},
    }),
    call: ({ token, inputs }) => {
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
