// Says what a cluster shows about an update that failed: pods, events, conditions, logs, interrupted releases.
import { resolve } from "node:path";
import { KubernetesClient } from "../live/kubernetes-client.ts";
import { readProviderSettings } from "../live/provider-settings.ts";
import { runLiveCommand } from "../live/run-live-command.ts";
import { parseOptions } from "../plan/parse-options.ts";
import { readStackFile } from "../plan/stack-file.ts";
import { clusterCauses, type SeenCluster } from "./cluster-causes.ts";
import { logCauses } from "./log-causes.ts";
import type { SeenObject } from "./seen-object.ts";

const ROOT = resolve(import.meta.dirname, "..");
const CUSTOM_RESOURCES = ["ProxyGroup", "ProxyClass", "DNSConfig"];

const USAGE = `Usage: node explain/main.ts [options]
       make explain [STACK=<name>]

Names the causes that a cluster shows for an operator that does not come up, a name that stays
empty, or a release that times out: pods, events, conditions, logs, records of Helm. Only reads.

Options:
  --stack=<name>  the stack (default: ozilab)
  -h, --help      print this text
`;

async function main(): Promise<void> {
  const { stack, help } = parseOptions(process.argv.slice(2), "--stack=<name> and --help", {
    stack: { type: "string", default: "ozilab" },
    help: { type: "boolean", short: "h", default: false },
  });
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const client = await KubernetesClient.fromSettings(await readProviderSettings(ROOT, stack));
  const namespace = operatorNamespace(stack);
  const read = async (apiVersion: string, kind: string, selection = {}): Promise<readonly SeenObject[]> =>
    (await client.list(apiVersion, kind, selection)) ?? [];
  const seen: SeenCluster = {
    namespace,
    pods: await read("v1", "Pod", { namespace }),
    events: await read("v1", "Event"),
    exposed: [...(await read("networking.k8s.io/v1", "Ingress")), ...(await read("v1", "Service"))],
    customResources: (
      await Promise.all(CUSTOM_RESOURCES.map((kind) => read("tailscale.com/v1alpha1", kind)))
    ).flat(),
    helmRecords: await read("v1", "Secret", { namespace, labelSelector: "owner=helm" }),
  };
  const causes = [
    ...clusterCauses(seen),
    ...(await logCauses(seen, (pod, lines) => client.podLog(pod, lines))),
  ];
  const lines = causes.flatMap(({ where, what, fix }) => [
    `  ${where}`,
    `    found:   ${what}`,
    ...(fix === undefined ? [] : [`    fix:     ${fix}`]),
  ]);
  const heading = causes.length === 0 ? "the cluster shows no cause" : "the cluster shows these causes";
  process.stdout.write(`${[`${heading} (context ${client.context})`, ...lines].join("\n")}\n`);
}

function operatorNamespace(stack: string): string {
  const { config } = readStackFile(ROOT, stack);
  const { namespace } = JSON.parse(config["tailnet-edge:operator"] ?? "{}") as { namespace?: unknown };
  return typeof namespace === "string" ? namespace : "tailscale";
}

await runLiveCommand(main);
