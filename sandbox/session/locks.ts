import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A lock file of the engine's local file backend. */
interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * Removes the locks of interrupted runs. The engine never does, so the stack would stay locked.
 *
 * @param backend - folder of the local file backend
 * @returns one line for each removed lock
 * @throws Error if a run is in progress
 */
export function clearStaleLocks(backend: string, project: string, stack: string): string[] {
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => {
    const file = join(folder, name);
    const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;
    if (isAlive(lock)) {
      throw new Error(
        [
          `stack ${stack} is locked by process ${lock.pid} of ${lock.username}@${lock.hostname} since ${lock.timestamp}`,
          `wait until that run ends; if that process is not a sandbox run, remove ${file}`,
        ].join("\n"),
      );
    }
    rmSync(file);
    return `removed the lock that the interrupted run of process ${lock.pid} left on stack ${stack}`;
  });
}

/** A process on another machine cannot be checked, so it counts as alive. */
function isAlive(lock: Lock): boolean {
  if (lock.hostname !== hostname()) return true;
  try {
    process.kill(lock.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
