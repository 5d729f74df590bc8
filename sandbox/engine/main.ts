// Finds the engine, or fetches or builds it, so that what runs next need not wait for it. Prints its path.
import { findEngine } from "./find-engine.ts";

try {
  const { command, version } = await findEngine();
  process.stdout.write(`${command} ${version?.version ?? ""}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
