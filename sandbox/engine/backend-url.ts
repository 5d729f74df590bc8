import { pathToFileURL } from "node:url";

/**
 * The URL of a folder in which the engine keeps the state.
 *
 * By default the engine writes a file of attributes beside each file. If it is killed meanwhile, that file stays empty,
 * and every later run fails: "failed to load checkpoint: EOF".
 */
export function backendUrl(folder: string): string {
  return `${pathToFileURL(folder).href}?metadata=skip`;
}
