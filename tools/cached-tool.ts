import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Report, withProgress } from "./progress.ts";

export interface CachedTool {
  /** First part of the folder's name in the cache. */
  readonly name: string;
  /** Folder of the tool's source. A change in any of its files causes a new build. */
  readonly source: string;
  /** Writes everything that the tool needs at run time to the folder `into`. */
  readonly build: (into: string, report: Report) => Promise<void>;
}

const CACHE = join(import.meta.dirname, "..", ".cache", "tools");

/**
 * Returns the folder of a built tool: from the cache, or built now.
 *
 * The build runs in its own folder, which is renamed when complete: neither an interrupted build nor a second
 * process that builds the same tool can leave half a tool in the cache.
 */
export async function cachedTool(tool: CachedTool, cache = CACHE): Promise<string> {
  const built = join(cache, `${tool.name}-${await sourceKey(tool.source)}`);
  if (existsSync(built)) return built;
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(`${built}.building-`);
  try {
    await withProgress(`Building ${tool.name}`, async (report) => {
      await tool.build(building, report);
    });
    await rename(building, built);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    // Another process has finished the same build first: use its folder.
    if (!existsSync(built)) throw error;
  }
  return built;
}

/** Returns a short hash of the names and contents of all files in a folder, and of the platform. */
async function sourceKey(folder: string): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\0`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
  for (const file of files.sort()) {
    hash.update(`${relative(folder, file)}\0`).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}
