// Finds the engine, or downloads or builds it ahead of time. Prints its path and version.
import { findEngine } from "./find-engine.ts";

try {
  const { command, version } = await findEngine();
  process.stdout.write(`${command} ${version?.version ?? ""}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
