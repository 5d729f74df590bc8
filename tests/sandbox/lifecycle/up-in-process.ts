// Runs an up in a process group of its own, to be cut off: what a crash leaves in the process cannot affect the next
// run. With a number, the group (engine, providers and program) receives Ctrl-C when that many steps have started.
import { writeSync } from "node:fs";
import { join } from "node:path";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { ProviderCrash } from "../../../sandbox/session/provider-crash.ts";
import type { EngineStep } from "../../../sandbox/session/run.ts";
import { Session } from "../../../sandbox/session/session.ts";
import type { CutOff } from "./cut-off.ts";

const [folder = "", stack = "", nth] = process.argv.slice(2);
let started = 0;

/** Whether a step changes a resource that is neither a component nor a provider. */
function isChange({ op, type }: EngineStep): boolean {
  return (
    !["same", "refresh"].includes(op) && !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:")
  );
}

async function up(session: Session): Promise<CutOff> {
  try {
    const { ok, errors } = await session.run("up", {
      onStart: (step) => {
        if (!isChange(step)) return;
        started += 1;
        // A terminal sends the signal to the whole group. A second one would stop the engine at once.
        if (started === Number(nth)) process.kill(0, "SIGINT");
      },
    });
    return { ok, errors, started };
  } catch (error) {
    if (!(error instanceof ProviderCrash)) throw error;
    const { message, underWay } = error;
    return { ok: false, errors: [], started, providerCrash: { message, underWay } };
  }
}

process.on("SIGINT", () => undefined);
const session = new Session({
  engine: await findEngine(),
  folder: join(folder, ".sandbox"),
  projectFolder: folder,
  stack,
  program,
});
const result = await up(session);
await session.close();
writeSync(1, JSON.stringify(result));
// The program still waits for the engine, which has exited.
process.exit();
