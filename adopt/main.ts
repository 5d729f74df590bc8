// Says what a stack can take over of what exists. Reads the live systems; writes files only on request.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../components/config-issue.ts";
import { readProviderSettings } from "../live/provider-settings.ts";
import { runLiveCommand } from "../live/run-live-command.ts";
import { readStackFile, type StackFile } from "../plan/stack-file.ts";
import { readArguments, USAGE } from "./arguments.ts";
import { basePolicyText } from "./base-policy.ts";
import { importFile } from "./import-file.ts";
import { lookUp } from "./look.ts";
import { renderLook } from "./report.ts";
import { stateUrns } from "./stack-state.ts";
import { type LiveSystems, liveSystems } from "./systems.ts";
import { wantedResources } from "./wanted.ts";

const ROOT = resolve(import.meta.dirname, "..");

async function main(): Promise<void> {
  const { stack, importFile: path, writesPolicy, help } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const file = readStackFile(ROOT, stack);
  const systems = liveSystems(await readProviderSettings(ROOT, stack));
  if (writesPolicy) await writeBasePolicy(file, systems);
  const state = await stateUrns(ROOT, stack);
  const inState = state ?? new Set<string>();
  const wanted = await wantedResources(stack, file, systems);
  const look = await lookUp(wanted, systems, { project: file.project, stack, inState });
  print(renderLook(stack, look, inState));
  if (state === undefined) {
    print(
      `\nThe stack has no state that Pulumi can read. If it has one elsewhere, remove the entries that are in it.`,
    );
  }
  if (path === "") return;
  const content = importFile(wanted.resources, look.findings, inState, providerVersions());
  writeFileSync(resolve(path), `${JSON.stringify(content, undefined, 2)}\n`);
  const count = content.resources.filter(({ id }) => id !== undefined).length;
  print(`\nWrote ${path} with ${count} ${count === 1 ? "resource" : "resources"} to import.`);
}

/** Saves the live policy as the stack's base policy. @throws UserError if something of the base policy would be lost */
async function writeBasePolicy({ config }: StackFile, systems: LiveSystems): Promise<void> {
  const { policy, basePolicy } = JSON.parse(config["tailnet-edge:tailnet"] ?? "{}") as {
    readonly policy?: string;
    readonly basePolicy?: string;
  };
  if (policy !== "managed" || basePolicy === undefined) {
    throw new UserError("the command", [
      {
        path: "tailnet-edge:tailnet.basePolicy",
        found: policy === "managed" ? "nothing" : `policy: ${policy ?? "nothing"}`,
        allowed: "policy: managed, and the path of a file for the base policy",
        fix: "set both, or run this without POLICY=write",
      },
    ]);
  }
  const target = resolve(ROOT, basePolicy);
  const present = existsSync(target) ? readFileSync(target, "utf8") : undefined;
  const { hujson } = await systems.policy();
  const result = basePolicyText(hujson, basePolicy, present);
  if ("issue" in result) throw new UserError("the base policy", [result.issue]);
  writeFileSync(target, result.text);
  print(`Saved the live policy as ${basePolicy}.\n`);
}

/** The versions of the providers that the program uses: those of their SDKs, which are pinned exactly. */
function providerVersions(): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(
    ["cloudflare", "kubernetes", "tailscale"].map((name) => [name, dependencies[`@pulumi/${name}`] ?? ""]),
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await runLiveCommand(main);
