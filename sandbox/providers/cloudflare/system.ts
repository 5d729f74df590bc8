import type { World } from "../../world/world.ts";
import type { ResourceModel, SystemModel } from "../resource-model.ts";
import { dnsRecordModel } from "./dns-record.ts";
import { rulesetModel } from "./ruleset.ts";
import { getWorkersScript, getWorkersScripts, workersScriptModel } from "./worker-script.ts";
import { workersRouteModel, workersScriptSubdomainModel } from "./worker.ts";
import { getZone } from "./zones.ts";

/** Cloudflare: an account with existing zones, their records, rulesets and Workers. */
export function cloudflareSystem(world: World): SystemModel {
  const resources: Readonly<Record<string, ResourceModel<unknown>>> = {
    "cloudflare:index/dnsRecord:DnsRecord": dnsRecordModel(world),
    "cloudflare:index/ruleset:Ruleset": rulesetModel(world),
    "cloudflare:index/workersRoute:WorkersRoute": workersRouteModel(world),
    "cloudflare:index/workersScript:WorkersScript": workersScriptModel(world),
    "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain": workersScriptSubdomainModel(world),
  };
  return {
    resource: (type) => resources[type],
    functions: {
      "cloudflare:index/getWorkersScript:getWorkersScript": getWorkersScript(world),
      "cloudflare:index/getWorkersScripts:getWorkersScripts": getWorkersScripts(world),
      "cloudflare:index/getZone:getZone": getZone(world),
    },
  };
}
