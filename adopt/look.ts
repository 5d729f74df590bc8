import type { ConfigIssue } from "../components/config-issue.ts";
import { isUploadedBy } from "../components/public-edge/worker-scripts.ts";
import type { RulesetPhase } from "../live/cloudflare-client.ts";
import { LiveError } from "../live/live-error.ts";
import { UNKNOWN } from "../plan/recording/decode.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import type { LiveRule } from "../providers/edge-rules/rule.ts";
import { compareRecord, compareRoute, compareWorker } from "./cloudflare.ts";
import { singleDnsConfig } from "./dns-config.ts";
import { conflict, type Finding } from "./finding.ts";
import { compareRelease, stackRelease } from "./helm-release.ts";
import { compareObject, objectPlace } from "./kubernetes-object.ts";
import { FUNNEL, lostLock, ROUTER } from "./lock-router.ts";
import type { LiveSystems } from "./systems.ts";
import { nameConflict, tailnetName } from "./tailnet-name.ts";
import { comparePolicy } from "./tailnet-policy.ts";
import { compareCredential, compareSettings } from "./tailnet-settings.ts";
import type { Wanted } from "./wanted.ts";
import { compareZoneRules } from "./zone-rules.ts";

export interface Look {
  readonly findings: readonly Finding[];
  /** What could not be read, each problem once. */
  readonly unread: readonly ConfigIssue[];
}

/** How many resources are looked up at the same time. */
const PARALLEL = 8;

/** The stack whose resources are looked up. */
export interface LookedUpStack {
  readonly project: string;
  readonly stack: string;
  /** URNs of its state; empty if it has none. */
  readonly inState: ReadonlySet<string>;
}

/** Looks up everything that a stack declares in the live systems. It only reads. A failed read is a part of the result. */
export async function lookUp(wanted: Wanted, systems: LiveSystems, about: LookedUpStack): Promise<Look> {
  const findings: Finding[] = [];
  const unread = new Map<string, ConfigIssue>();
  const queue = [...wanted.resources.entries()];
  const found = new Map<number, Finding>();
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, resource] = next;
      try {
        const finding = await findingOf(resource, wanted, systems, about);
        if (finding !== undefined) found.set(index, finding);
      } catch (error) {
        if (!(error instanceof LiveError)) throw error;
        const { issue } = error;
        // One missing permission concerns many resources: the first one stands for all.
        unread.set(`${issue.found} ${issue.fix}`, unread.get(`${issue.found} ${issue.fix}`) ?? issue);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  findings.push(...[...found].sort(([one], [other]) => one - other).map(([, finding]) => finding));
  return { findings: [...findings, ...zoneConflicts(wanted)], unread: [...unread.values()] };
}

async function findingOf(
  resource: RecordedResource,
  wanted: Wanted,
  systems: LiveSystems,
  about: LookedUpStack,
): Promise<Finding | undefined> {
  const { inputs } = resource;
  const { zoneId = UNKNOWN, accountId = UNKNOWN } = inputs as {
    readonly zoneId?: string;
    readonly accountId?: string;
  };
  switch (resource.type) {
    case "tailnet-edge:tailnet:Tailnet":
      return await verifiedPolicy(resource, wanted, systems);
    case "tailscale:index/acl:Acl":
      return comparePolicy(resource, (await systems.policy()).hujson, wanted.policyRefusal);
    case "tailscale:index/dnsPreferences:DnsPreferences":
      return compareSettings(resource, "MagicDNS of the tailnet", { magicDns: await systems.magicDns() });
    case "tailscale:index/tailnetSettings:TailnetSettings":
      return compareSettings(resource, "settings of the tailnet", await systems.settings());
    case "tailscale:index/oauthClient:OauthClient":
    case "tailscale:index/federatedIdentity:FederatedIdentity":
      return compareCredential(resource, await systems.keys());
    case "kubernetes:helm.sh/v3:Release":
      return compareRelease(resource, await systems.releases(), await systems.definitions());
    case FUNNEL:
      if (wanted.resources.some(({ type }) => type === ROUTER)) return undefined;
      return lostLock(resource, wanted.resources, await systems.routers(), about.inState);
    case ROUTER:
      return (
        lostLock(resource, wanted.resources, await systems.routers(), about.inState) ??
        (await objectFinding(resource, wanted, systems))
      );
    case "tailnet-edge:edge:EdgeZone":
      // Reading the zone again reports why it could not be read.
      await systems.zone(resource.name);
      return undefined;
    case "cloudflare:index/dnsRecord:DnsRecord":
      if (zoneId === UNKNOWN) return undefined;
      return compareRecord(
        resource,
        zoneId,
        await (await systems.cloudflare()).records(zoneId, String(inputs["name"])),
      );
    case "edge-rules:index:ZoneRules": {
      if (zoneId === UNKNOWN) return undefined;
      const zone = resource.parent?.split("::").at(-1) ?? zoneId;
      const phase = inputs["phase"] as RulesetPhase;
      const live = await (await systems.cloudflare()).entryPoint(zoneId, phase);
      return compareZoneRules(
        resource,
        { ...about, zoneId, zone },
        (live?.rules ?? []) as readonly LiveRule[],
      );
    }
    case "cloudflare:index/workersScript:WorkersScript":
    case "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain":
      return accountId === UNKNOWN ? undefined : await workerFinding(resource, accountId, systems, about);
    case "cloudflare:index/workersRoute:WorkersRoute":
      if (zoneId === UNKNOWN) return undefined;
      return compareRoute(resource, zoneId, await systems.workerRoutes(zoneId));
    default:
      return await objectFinding(resource, wanted, systems);
  }
}

async function objectFinding(
  resource: RecordedResource,
  { resources }: Wanted,
  systems: LiveSystems,
): Promise<Finding | undefined> {
  const place = objectPlace(resource);
  if (place === undefined) return undefined;
  const { apiVersion, kind } = place;
  const live = await (await systems.kubernetes()).read(apiVersion, kind, place);
  const finding = compareObject(resource, place, live, stackRelease(resources));
  if (kind === "DNSConfig") return singleDnsConfig(finding, await systems.dnsConfigs());
  if (finding.kind !== "missing" || tailnetName(resource.inputs) === undefined) return finding;
  return nameConflict(finding, await systems.exposed(), await systems.devices()) ?? finding;
}

async function workerFinding(
  resource: RecordedResource,
  accountId: string,
  systems: LiveSystems,
  { project, stack }: LookedUpStack,
): Promise<Finding> {
  const finding = compareWorker(resource, accountId, await systems.workerScripts(accountId));
  if (finding.kind !== "existing") return finding;
  const script = String(resource.inputs["scriptName"]);
  const content = await (await systems.cloudflare()).workerContent(accountId, script);
  if (isUploadedBy(content, project, stack)) return finding;
  return conflict(
    resource,
    finding.subject,
    "a Worker of this name that this stack did not upload",
    "a name that no other Worker of the account has",
    "set publicEdge.worker.name to another name, or delete the Worker if nothing uses it",
  );
}

/** A stack that only verifies the policy declares no resource for it. */
async function verifiedPolicy(
  resource: RecordedResource,
  { policyRefusal, resources }: Wanted,
  systems: LiveSystems,
) {
  if (resources.some(({ type }) => type === "tailscale:index/acl:Acl")) return undefined;
  await systems.policy();
  const [issue] = policyRefusal?.issues ?? [];
  return issue && conflict(resource, "policy of the tailnet", issue.found, issue.allowed, issue.fix);
}

function zoneConflicts({ resources, unknownZones }: Wanted): readonly Finding[] {
  return resources
    .filter(({ type, name }) => type === "tailnet-edge:edge:EdgeZone" && unknownZones.includes(name))
    .map((resource) =>
      conflict(
        resource,
        `zone ${resource.name}`,
        "no zone that the credential sees",
        "a zone of the Cloudflare account",
        "check the name in publicEdge.zones, and that the API token has the permission Zone Read for this zone",
      ),
    );
}
