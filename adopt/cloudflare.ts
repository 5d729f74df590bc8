import type { RecordedResource } from "../plan/recording/recording.ts";
import { differenceLine, differences } from "./differences.ts";
import { conflict, existing, type Finding, missing } from "./finding.ts";
import { importId } from "./import-ids.ts";

export interface LiveRecord {
  readonly id: string;
  readonly type: string;
  readonly content?: unknown;
  readonly proxied?: unknown;
  readonly ttl?: unknown;
}

/** Compares a public hostname's record with the records of that name. */
export function compareRecord(
  resource: RecordedResource,
  zoneId: string,
  live: readonly LiveRecord[],
): Finding {
  const { name, type, content, proxied, ttl } = resource.inputs;
  const subject = `DNS record ${String(name)}`;
  const same = live.find((record) => record.type === type);
  if (same !== undefined) {
    const changes = differences({ content, proxied, ttl }, same).map(differenceLine);
    return existing(resource, subject, importId(resource.type, { "zone ID": zoneId, ID: same.id }), changes);
  }
  const addresses = live.filter((record) => ["A", "AAAA", "CNAME"].includes(record.type));
  if (addresses.length === 0) return missing(resource, subject);
  return conflict(
    resource,
    subject,
    addresses.map((record) => `${record.type} ${String(record.content)} (ID ${record.id})`).join("\n"),
    `no A, AAAA or CNAME record beside the ${String(type)} record that the stack declares`,
    "delete it immediately before the first up",
  );
}

/** Compares the Worker, or its workers.dev setting, with the scripts of the account. */
export function compareWorker(
  resource: RecordedResource,
  accountId: string,
  scripts: readonly string[],
): Finding {
  const script = String(resource.inputs["scriptName"]);
  const isScript = resource.type.endsWith(":WorkersScript");
  const subject = isScript ? `Worker ${script}` : `workers.dev setting of Worker ${script}`;
  if (!scripts.includes(script)) return missing(resource, subject);
  const id = importId(resource.type, { "account ID": accountId, ID: script });
  return existing(resource, subject, id, isScript ? ["content: the stack's script replaces it"] : []);
}

export interface LiveRoute {
  readonly id?: string;
  readonly pattern?: string;
  readonly script?: string;
}

/** Compares a hostname's route to the Worker with the routes of the zone. */
export function compareRoute(
  resource: RecordedResource,
  zoneId: string,
  routes: readonly LiveRoute[],
): Finding {
  const { pattern, script } = resource.inputs;
  const subject = `Worker route ${String(pattern)}`;
  const live = routes.find((route) => route.pattern === pattern);
  if (live?.id === undefined) return missing(resource, subject);
  const changes = differences({ script }, live).map(differenceLine);
  return existing(resource, subject, importId(resource.type, { "zone ID": zoneId, ID: live.id }), changes);
}
