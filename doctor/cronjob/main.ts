// Prints the manifests of a CronJob that runs the doctor in the stack's cluster.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { stringify } from "yaml";
import { type ConfigIssue, throwIfAny } from "../../components/config-issue.ts";
import { parseOptions } from "../../plan/parse-options.ts";
import { readTarget } from "../target/read-target.ts";
import { CREDENTIALS_SECRET, cronJobManifests } from "./manifests.ts";
import { podStackFile } from "./stack-file.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");

const USAGE = `Usage: node doctor/cronjob/main.ts --image=<image> [options]
       make doctor-cronjob IMAGE=<image> [STACK=<name>] [SCHEDULE=<schedule>] [METRICS=<folder> METRICS_NODE=<node>]

Prints the manifests that run make doctor in the cluster of a stack. The file has no secret: the pod
takes credentials from the Secret ${CREDENTIALS_SECRET}.

Options:
  --stack=<name>          the stack (default: ozilab)
  --image=<image>         the image that the project's Dockerfile builds
  --schedule=<schedule>   when to run, as a CronJob spells it (default: 17 * * * *)
  --namespace=<name>      the CronJob's namespace (default: tailnet-edge-doctor)
  --outputs=<file>        the stack's outputs as JSON (default: pulumi stack output --json)
  --metrics=<folder>      a folder of the node, for the textfile collector of node-exporter
  --node=<name>           the node with this folder
  -h, --help              print this text
`;

async function main(): Promise<void> {
  const text = { type: "string", default: "" } as const;
  const allowed = "the options that --help lists";
  const options = parseOptions(process.argv.slice(2), allowed, {
    ...{ image: text, outputs: text, metrics: text, node: text },
    stack: { type: "string", default: "ozilab" },
    schedule: { type: "string", default: "17 * * * *" },
    namespace: { type: "string", default: "tailnet-edge-doctor" },
    help: { type: "boolean", short: "h", default: false },
  });
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { stack, image, schedule, namespace, outputs, metrics, node } = options;
  throwIfAny("the command", issuesOf(options));
  const target = await readTarget(ROOT, { stack, outputsFile: outputs || undefined });
  const manifests = cronJobManifests(target, {
    ...{ image, schedule, namespace },
    metrics: metrics ? { folder: metrics, node } : undefined,
    stackFile: podStackFile(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")),
    outputs: JSON.stringify(target.outputs, undefined, 2),
  });
  process.stdout.write(manifests.map((manifest) => stringify(manifest, { lineWidth: 0 })).join("---\n"));
}

function issuesOf(options: { readonly image: string; readonly metrics: string; readonly node: string }) {
  const { image, metrics, node } = options;
  const issues: ConfigIssue[] = [];
  if (image === "") {
    issues.push({
      ...{ path: "IMAGE", found: "nothing", allowed: "the name of an image, with its registry and tag" },
      fix: "build the project's Dockerfile, push the image, and give its name",
    });
  }
  if ((metrics === "") !== (node === "")) {
    issues.push({
      ...{
        path: metrics === "" ? "METRICS" : "METRICS_NODE",
        found: "nothing",
        allowed: "both METRICS and METRICS_NODE, or neither",
      },
      fix: "give the folder of the textfile collector, and the one node whose node-exporter reads it",
    });
  }
  return issues;
}

try {
  await main();
} catch (error) {
  if (!RunError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
