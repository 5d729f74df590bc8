import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A stack's decrypted values by key, or why there are none. */
export type Decrypted =
  { readonly values: Readonly<Record<string, string>> } | { readonly found: string; readonly fix: string };

/** The secrets provider may be a key management service abroad. */
const TIME_LIMIT_MS = 60_000;

/**
 * Asks Pulumi's command line for a stack's values: it alone opens every secrets provider, and Pulumi ESC.
 *
 * @param folder - the project's folder
 */
export async function decryptSettings(
  folder: string,
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<Decrypted> {
  const args = ["config", "--show-secrets", "--json", "--non-interactive", "--stack", stack, "--cwd", folder];
  try {
    const options = { env: environment, timeout: TIME_LIMIT_MS };
    const { stdout } = await promisify(execFile)("pulumi", args, options);
    const listed = JSON.parse(stdout) as Record<string, { value?: string }>;
    const values = Object.entries(listed).flatMap(([key, { value }]): [string, string][] =>
      value === undefined ? [] : [[key, value]],
    );
    return { values: Object.fromEntries(values) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? NO_PULUMI : notDecrypted(stack);
  }
}

const NO_PULUMI: Decrypted = {
  found: "an encrypted value, and no pulumi on the PATH that can decrypt it",
  fix: "install Pulumi's command line, or set the provider's environment variable",
};

/** Pulumi's message is left out: it may quote a value. */
function notDecrypted(stack: string): Decrypted {
  return {
    found: "an encrypted value that `pulumi config --show-secrets` did not decrypt",
    fix: `run \`pulumi config --stack ${stack}\`, and fix what it reports, such as a missing PULUMI_CONFIG_PASSPHRASE`,
  };
}
