// The command `pulumi` of the sandbox's shell: the real engine, with the simulated providers attached.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { ProviderHost } from "../host/provider-host.ts";
import { readSettings } from "../prerequisites/stack-settings.ts";
import { serveProgram } from "./language-server.ts";
import { ENGINE_VARIABLE, FOLDER_VARIABLE } from "./variables.ts";

/** The commands that use providers or run the program. The engine runs every other command alone. */
const PROVIDER_COMMANDS = ["preview", "up", "refresh", "destroy", "import"];

const args = process.argv.slice(2);
const engine = process.env[ENGINE_VARIABLE] ?? "pulumi";
const project = process.cwd();

async function main(): Promise<number> {
  if (!PROVIDER_COMMANDS.includes(args[0] ?? "")) return await runEngine(args, {});
  const stack = await selectedStack();
  // Without a stack or its file, the engine says what is wrong.
  const settings = stack === undefined ? undefined : settingsOf(stack);
  if (stack === undefined || settings === undefined) return await runEngine(args, {});
  const host = await ProviderHost.start(process.env[FOLDER_VARIABLE] ?? join(project, ".sandbox"));
  const { providers, tailnet } = settings;
  const served = await serveProgram(loadProgram);
  try {
    await host.begin({ settings: providers, cluster: stack, tailnet });
    const status = await runEngine([...args, ...programOption(served.port)], host.providerVariables(stack));
    if (await host.end()) return status;
    process.stderr.write(`${["the simulated providers crashed", ...host.log.slice(-5)].join("\n")}\n`);
    return 1;
  } finally {
    served.stop();
    await host.stop();
  }
}

/** `pulumi import` runs no program, and refuses the option. */
function programOption(port: number): readonly string[] {
  return args[0] === "import" ? [] : [`--client=127.0.0.1:${port}`];
}

function settingsOf(stack: string) {
  try {
    return readSettings(project, stack);
  } catch {
    return undefined;
  }
}

async function loadProgram(): Promise<object> {
  const module = (await import(pathToFileURL(join(project, "index.ts")).href)) as {
    default: () => Promise<object>;
  };
  return { ...(await module.default()) };
}

/** The stack that the command names, else the selected one. */
async function selectedStack(): Promise<string | undefined> {
  const index = args.findIndex((argument) => /^(--stack|-s)(=|$)/.test(argument));
  const named = args[index]?.split("=")[1] ?? (index < 0 ? undefined : args[index + 1]);
  if (named !== undefined) return named.split("/").at(-1);
  if (process.env["PULUMI_STACK"] !== undefined) return process.env["PULUMI_STACK"];
  const { stdout, exitCode } = await execa({ reject: false })(engine, ["stack", "--show-name"]);
  return exitCode === 0 ? stdout : undefined;
}

async function runEngine(options: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(engine, options, { stdio: "inherit", env: { ...process.env, ...env } });
  const [status] = (await once(child, "exit")) as [number | null];
  return status ?? 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
