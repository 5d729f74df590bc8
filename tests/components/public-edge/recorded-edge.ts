import { CloudflareEdge } from "../../../components/public-edge/cloudflare-edge.ts";
import type { ClusterWorker } from "../../../components/public-edge/edge-worker.ts";
import type { PublicHostname } from "../../../components/public-edge/hostname.ts";
import { resolvePublicEdge } from "../../../components/public-edge/resolve-public-edge.ts";
import type { RequestedHostname, RequestedVia } from "../../../components/public-edge/resolve-via.ts";
import type { Via } from "../../../components/public-edge/via.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import type { RecordedResource, Recording } from "../../../plan/recording/recording.ts";
import { bundleWorker } from "../../../worker/bundle.ts";
import { recordProgram } from "../../support/recording.ts";

export const EDGE = "tailnet-edge:edge:CloudflareEdge";
export const ZONE = "tailnet-edge:edge:EdgeZone";
export const SCRIPT = "cloudflare:index/workersScript:WorkersScript";
export const SUBDOMAIN = "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain";
export const ROUTE = "cloudflare:index/workersRoute:WorkersRoute";
export const RULES = "edge-rules:index:ZoneRules";
export const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
export const LOOKUP = "cloudflare:index/getZone:getZone";
export const FUNNEL = "ozilab-edge.tail1234.ts.net";
export const WORKER: ClusterWorker = {
  scriptName: "ozilab-edge",
  bundle: bundleWorker(),
  settings: { origins: [], connectTimeout: 10, responseTimeout: 100, pool: undefined },
};

export function inZone(host: string, zone: string, via?: Via): PublicHostname;
export function inZone(host: string, zone: string, via: RequestedVia): RequestedHostname;
export function inZone(host: string, zone: string, via: RequestedVia = "origin-rule"): RequestedHostname {
  return { host, zone, via };
}

/** A Cloudflare with these zones, by their plans; each zone in account-1, or in the account given. */
export function cloudflare(
  plans: Readonly<Record<string, string>>,
  accounts: Readonly<Record<string, string>> = {},
): MockAnswers {
  return {
    call: ({ token, inputs }) => {
      const { name } = (inputs as { filter: { name: string } }).filter;
      if (token !== LOOKUP) throw new Error(token);
      return {
        zoneId: `id of ${name}`,
        plan: { legacyId: plans[name] },
        account: { id: accounts[name] ?? "account-1" },
      };
    },
  };
}

/** Records a public edge from the lookup of its zones to its last resource. */
export function edgeOf(
  hostnames: readonly RequestedHostname[],
  answers?: MockAnswers,
  worker: ClusterWorker = WORKER,
): Promise<Recording> {
  return recordProgram(async () => {
    const { demands } = await resolvePublicEdge(hostnames);
    new CloudflareEdge("edge", { demands, funnel: FUNNEL, worker });
  }, answers);
}

export function ofType({ resources }: Recording, type: string): readonly RecordedResource[] {
  return resources.filter((resource) => resource.type === type);
}
