import { execa, ExecaError } from "execa";
import { withProgress } from "../../tools/progress.ts";

/** Debian 12's package. Debian keeps only the newest version of a release, so this one may be gone. */
const DEBIAN_VERSION = "148.0.7778.167-1~deb12u1";
/** Older ones do not know all of the page's CSS. */
const MIN_MAJOR = 128;
const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Path of a Chromium: from CHROMIUM, from the PATH, or installed from Debian's package if this process is root on Debian
 * or Ubuntu's relatives with apt-get.
 *
 * @throws Error with what to install
 */
export async function chromiumBinary(): Promise<string> {
  const found = await findChromium();
  if (found !== undefined) return found;
  await withProgress("Installing Chromium", installChromium);
  const installed = await findChromium();
  if (installed === undefined)
    throw new Error(`apt-get installed no Chromium ${MIN_MAJOR} or newer. ${ADVICE}`);
  return installed;
}

const ADVICE = `The page's tests need Chromium ${MIN_MAJOR} or newer: install it (Debian: apt-get install chromium), or set CHROMIUM to its path.`;

async function findChromium(): Promise<string | undefined> {
  const { CHROMIUM } = process.env;
  const run = execa({ reject: false });
  for (const command of CHROMIUM ? [CHROMIUM] : COMMANDS) {
    const { stdout: path } = await run("sh", ["-c", 'command -v "$1"', "sh", command]);
    if (path === "") continue;
    const { stdout: version } = await run(path, ["--version"]);
    if (Number(/ (\d+)\./.exec(version)?.[1] ?? 0) >= MIN_MAJOR) return path;
  }
  return undefined;
}

async function installChromium(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(ADVICE);
  const install = async (...packages: readonly string[]) => {
    const options = ["--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"];
    await execa({ env: { DEBIAN_FRONTEND: "noninteractive" } })("apt-get", [
      "install",
      ...options,
      ...packages,
    ]);
  };
  try {
    await execa("apt-get", ["update"]);
    await install(`chromium=${DEBIAN_VERSION}`).catch(() => install("chromium"));
  } catch (error) {
    const reason = error instanceof ExecaError ? String(error.stderr) || error.shortMessage : String(error);
    throw new Error(`apt-get could not install Chromium: ${reason.split("\n").at(-1) ?? ""}\n${ADVICE}`, {
      cause: error,
    });
  }
}
