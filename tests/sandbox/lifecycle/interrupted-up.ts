// An up in a process group of its own that gets Ctrl-C when the nth resource is begun: engine, providers and
// program alike. Prints what the engine made of it.
import { writeSync } from "node:fs";
import { join } from "node:path";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { type Step, Session } from "../../../sandbox/session/session.ts";

const [folder = "", stack = "", nth = ""] = process.argv.slice(2);
let begun = 0;

/** Not of components, providers and what stays as it is. */
function isReal({ op, type }: Step): boolean {
  return op !== "same" && !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:");
}

process.on("SIGINT", () => undefined);
const session = new Session({
  engine: await findEngine(),
  folder: join(folder, ".sandbox"),
  projectFolder: folder,
  stack,
  program,
});
const { ok, errors } = await session.run("up", {
  onStart: (step) => {
    if (!isReal(step)) return;
    begun += 1;
    // The group's, as a terminal sends it. A second one would make the engine stop at once.
    if (begun === Number(nth)) process.kill(0, "SIGINT");
  },
});
await session.close();
writeSync(1, JSON.stringify({ ok, errors, begun }));
// The program still waits for an engine that is gone.
process.exit();
