import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The state of a thousand resources has some megabytes. */
const MAX_STATE_BYTES = 256 * 1024 * 1024;

/**
 * The URNs of a stack's state. The command line of Pulumi reads it, because it alone knows the backend.
 *
 * @param folder - the project's folder
 * @returns undefined if Pulumi is not installed, or cannot read the state, as before the stack is created
 */
export async function stateUrns(folder: string, stack: string): Promise<ReadonlySet<string> | undefined> {
  const args = ["stack", "export", "--stack", stack, "--cwd", folder, "--non-interactive"];
  try {
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: MAX_STATE_BYTES });
    const { deployment } = JSON.parse(stdout) as {
      readonly deployment: { readonly resources?: readonly { readonly urn: string }[] };
    };
    return new Set((deployment.resources ?? []).map(({ urn }) => urn));
  } catch {
    return undefined;
  }
}
