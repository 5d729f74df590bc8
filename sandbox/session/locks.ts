import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A lock of the engine's local file backend, as it writes it. */
interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * Takes away the locks that runs left which were cut off: their process is gone, and would hold the stack for
 * ever.
 *
 * @param backend - folder of the local file backend
 * @returns one line for each lock that was taken away
 * @throws Error if a run is still on
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
          `wait until that run ends; if it is no run of the sandbox, remove ${file}`,
        ].join("\n"),
      );
    }
    rmSync(file);
    // The backend keeps each file's attributes in one beside it.
    rmSync(`${file}.attrs`, { force: true });
    return `the run of process ${lock.pid} was cut off and left stack ${stack} locked: the lock is taken away`;
  });
}

/** A process on another machine cannot be seen from here, and counts as alive. */
function isAlive(lock: Lock): boolean {
  if (lock.hostname !== hostname()) return true;
  try {
    process.kill(lock.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
