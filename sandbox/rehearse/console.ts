import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { record } from "../../plan/recording/recorder.ts";
import type { RecordedResource } from "../../plan/recording/recording.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { records } from "../providers/cloudflare/dns-record.ts";
import { entryPointOf } from "../providers/cloudflare/entry-points.ts";
import { zones } from "../providers/cloudflare/zones.ts";
import { keyOf, type KubernetesObject, objects } from "../providers/kubernetes/api-server/objects.ts";
import { releases } from "../providers/kubernetes/helm/release.ts";
import { operatorPods } from "../providers/kubernetes/operator/operator-pod.ts";
import { credentials, devices } from "../providers/tailscale/tailnet.ts";
import { valueAt } from "../providers/values.ts";
import type { World } from "../world/world.ts";

/** Where a person acts. */
export interface ConsoleContext {
  readonly world: World;
  readonly projectFolder: string;
  readonly stack: string;
  readonly program: () => unknown;
}

/** What a person does in a console or an editor, named as in the runbook. */
export const CONSOLE_ACTIONS: Readonly<Record<string, (context: ConsoleContext) => Promise<void> | void>> = {
  "remove the machines of the lost cluster from the Machines page": removeMachines,
  "delete the OAuth client that the operator no longer uses": deleteUnusedClients,
  "write the IDs into restore.json, and remove entries without one": writeIds,
};

function removeMachines({ world }: ConsoleContext): void {
  for (const [id, { owner }] of [...devices(world)]) {
    if (owner === "operator" || owner.startsWith("proxy ")) devices(world).delete(id);
  }
}

function deleteUnusedClients({ world, stack }: ConsoleContext): void {
  const used = new Set(
    operatorPods(world)
      .values()
      .map(({ login }) => login?.credentialId),
  );
  for (const [id, { description }] of [...credentials(world)]) {
    if (description === `${stack}-operator` && !used.has(id)) credentials(world).delete(id);
  }
}

const importFile = z.object({
  resources: z.array(
    z.looseObject({
      type: z.string(),
      name: z.string(),
      logicalName: z.string().optional(),
      component: z.boolean().optional(),
      id: z.string().optional(),
    }),
  ),
});

async function writeIds({ world, projectFolder, stack, program }: ConsoleContext): Promise<void> {
  const file = join(projectFolder, "restore.json");
  const { resources } = importFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const plan = await record({ ...readStackFile(projectFolder, stack), program, stack });
  const filled = resources.map((entry) => {
    const planned = plan.resources.find(
      ({ type, name }) => type === entry.type && name === (entry.logicalName ?? entry.name),
    );
    return { ...entry, id: planned && idOf(world, planned) };
  });
  const kept = filled.filter(({ component, id }) => component === true || id !== undefined);
  writeFileSync(file, JSON.stringify({ resources: kept }, undefined, 2));
}

/** The ID that the documentation names for a resource's type; undefined if it does not exist or is not imported. */
function idOf(world: World, { type, inputs }: RecordedResource): string | undefined {
  const [zone] =
    [...zones(world)].find(([, { name }]) => String(inputs["name"]).endsWith(name)) ??
    [...zones(world)][0] ??
    [];
  switch (type) {
    case "cloudflare:index/dnsRecord:DnsRecord": {
      const found = [...records(world, zone ?? "")].find(([, { name }]) => name === inputs["name"]);
      return found && `${zone ?? ""}/${found[0]}`;
    }
    case "edge-rules:index:ZoneRules": {
      const phase = String(inputs["phase"]);
      const rules = zone === undefined ? undefined : entryPointOf(world, zone, phase)?.rules;
      return rules?.some(({ ref }) => ref.startsWith("tailnet_edge_")) ? `${zone ?? ""}/${phase}` : undefined;
    }
    case "kubernetes:helm.sh/v3:Release": {
      const id = `${String(inputs["namespace"])}/${String(inputs["name"])}`;
      return releases(world).has(id) ? id : undefined;
    }
    default:
      return type.startsWith("kubernetes:") && !type.endsWith("Patch") ? objectId(world, inputs) : undefined;
  }
}

function objectId(world: World, inputs: RecordedResource["inputs"]): string | undefined {
  const object = inputs as unknown as KubernetesObject;
  if (valueAt(inputs, ["metadata", "name"]) === undefined || !objects(world).has(keyOf(object)))
    return undefined;
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
