import { UserError } from "../components/config-issue.ts";
import program from "../index.ts";
import { LiveError } from "../live/live-error.ts";
import { record } from "../plan/recording/recorder.ts";
import type { Recording } from "../plan/recording/recording.ts";
import type { StackFile } from "../plan/stack-file.ts";
import type { LiveSystems } from "./systems.ts";

export interface Wanted {
  readonly resources: Recording["resources"];
  /** Why the program refuses the live policy; undefined if it accepts it, or if the policy could not be read. */
  readonly policyRefusal: UserError | undefined;
  /** Zones that the stack names and the credential does not see. */
  readonly unknownZones: readonly string[];
}

const GET_ZONE = "cloudflare:index/getZone:getZone";
const GET_ACL = "tailscale:index/getAcl:getAcl";

/**
 * What a stack declares, given its live zones and policy: a zone's plan decides what `via: auto` declares. What cannot
 * be read stays unknown, as in the offline plan.
 *
 * @throws UserError if the program refuses the configuration
 */
export async function wantedResources(stack: string, file: StackFile, systems: LiveSystems): Promise<Wanted> {
  const options = { program, project: file.project, stack, config: file.config, secretKeys: file.secretKeys };
  const { calls } = await record(options);
  const names = calls.filter(({ token }) => token === GET_ZONE).map(({ args }) => zoneName(args));
  const zones = new Map<string, object>();
  const unknownZones: string[] = [];
  for (const name of new Set(names)) {
    const zone = await readOr(NOT_READ, systems.zone(name));
    if (zone === undefined) unknownZones.push(name);
    else if (zone !== NOT_READ) zones.set(name, zoneAnswer(zone));
  }
  const policy = await readOr(NOT_READ, systems.policy());
  const recordWith = async (answersPolicy: boolean) =>
    await record({
      ...options,
      answers: {
        call: ({ token, inputs }) => {
          if (token === GET_ZONE) return zones.get(zoneName(inputs as object)) as Record<string, unknown>;
          if (token !== GET_ACL || !answersPolicy || policy === NOT_READ) return undefined;
          return { id: "acl", hujson: (policy as { readonly hujson: string }).hujson };
        },
      },
    });
  try {
    return { resources: (await recordWith(true)).resources, policyRefusal: undefined, unknownZones };
  } catch (error) {
    if (!(error instanceof UserError) || !error.message.startsWith("the tailnet's policy")) throw error;
    return { resources: (await recordWith(false)).resources, policyRefusal: error, unknownZones };
  }
}

/** Stands for a failed read: the look at the resource reports it. */
const NOT_READ = Symbol("not read");

async function readOr<T>(fallback: typeof NOT_READ, read: Promise<T>): Promise<T | typeof NOT_READ> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof LiveError) return fallback;
    throw error;
  }
}

function zoneName(args: object): string {
  return (args as { readonly filter?: { readonly name?: string } }).filter?.name ?? "";
}

interface LiveZone {
  readonly id: string;
  readonly name: string;
  readonly account: object;
  readonly plan: { readonly legacy_id?: string };
  readonly paused?: boolean;
  readonly status?: string;
  readonly type?: string;
}

/** The zone as the Cloudflare provider's function returns it. */
function zoneAnswer({ id, name, account, plan, paused, status, type }: LiveZone): object {
  return { id, zoneId: id, name, account, plan: { legacyId: plan.legacy_id }, paused, status, type };
}
