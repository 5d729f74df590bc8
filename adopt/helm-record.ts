import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { LiveObject } from "../live/kubernetes-client.ts";

/** A release, without its values: they may hold secrets. */
export interface HelmRecord {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** `deployed`, `failed`, `pending-upgrade`, … */
  readonly status: string;
  readonly description: string;
  readonly chart: string;
  readonly chartVersion: string;
  /** The first keys of its values. */
  readonly valueKeys: readonly string[];
}

const stored = z.object({
  name: z.string(),
  namespace: z.string(),
  version: z.number(),
  info: z.object({ status: z.string(), description: z.string().optional() }),
  chart: z.object({ metadata: z.object({ name: z.string(), version: z.string() }) }),
  config: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Reads Helm's records, Secrets of type `helm.sh/release.v1`: gzipped JSON, in base64 twice (helm.sh/helm/v3,
 * `pkg/storage/driver/util.go`).
 *
 * @returns the last revision of each release; records that cannot be read are left out
 */
export function helmRecords(secrets: readonly LiveObject[]): readonly HelmRecord[] {
  const latest = new Map<string, HelmRecord>();
  for (const record of secrets.flatMap(decode)) {
    const id = `${record.namespace}/${record.name}`;
    if (record.revision > (latest.get(id)?.revision ?? 0)) latest.set(id, record);
  }
  return [...latest.values()];
}

function decode({ data }: LiveObject): readonly HelmRecord[] {
  const { release } = (data ?? {}) as { readonly release?: string };
  const parsed = stored.safeParse(unpack(release ?? ""));
  if (!parsed.success) return [];
  const { name, namespace, version, info, chart, config } = parsed.data;
  const { status, description = "" } = info;
  const { name: chartName, version: chartVersion } = chart.metadata;
  const valueKeys = Object.keys(config ?? {});
  return [
    { name, namespace, revision: version, status, description, chart: chartName, chartVersion, valueKeys },
  ];
}

function unpack(data: string): unknown {
  try {
    const text = Buffer.from(data, "base64").toString();
    return JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString());
  } catch {
    return undefined;
  }
}
