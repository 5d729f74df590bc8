// An up in a process group of its own, to be cut off: what it leaves behind in its process cannot reach the next
// one. With a number it gets Ctrl-C when that many resources are begun: engine, providers and program alike.
import { writeSync } from "node:fs";
import { join } from "node:path";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { ProviderCrash } from "../../../sandbox/session/provider-crash.ts";
import type { EngineStep } from "../../../sandbox/session/run.ts";
import { Session } from "../../../sandbox/session/session.ts";
import type { CutOff } from "./cut-off.ts";

const [folder = "", stack = "", nth] = process.argv.slice(2);
let begun = 0;

/** Not of components, providers and what stays as it is. */
function isReal({ op, type }: EngineStep): boolean {
  return op !== "same" && !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:");
}

async function up(session: Session): Promise<CutOff> {
  try {
    const { ok, errors } = await session.run("up", {
      onStart: (step) => {
        if (!isReal(step)) return;
        begun += 1;
        // The group's, as a terminal sends it. A second one would make the engine stop at once.
        if (begun === Number(nth)) process.kill(0, "SIGINT");
      },
    });
    return { ok, errors, begun };
  } catch (error) {
    if (!(error instanceof ProviderCrash)) throw error;
    const { message, underWay } = error;
    return { ok: false, errors: [], begun, died: { message, underWay } };
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
// The program still waits for an engine that is gone.
process.exit();
