import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ShellProject } from "../../support/shell-project.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

/** The commands of docs/adopting.md, so that the page shows what the tests run. */
function documented(...parts: readonly string[]): string {
  const page = readFileSync(join(PROJECT_FOLDER, "docs/adopting.md"), "utf8");
  const line = page
    .split("\n")
    .find((text) => text.startsWith("    ") && parts.every((part) => text.includes(part)));
  if (line === undefined) throw new Error(`docs/adopting.md shows no ${parts.join(" … ")}`);
  return line.trim();
}

/** Adopts what exists, with the commands that docs/adopting.md shows. */
export class ImportSteps {
  readonly #project: ShellProject;

  constructor(project: ShellProject) {
    this.#project = project;
  }

  /** Runs a command that must succeed. @returns its standard output */
  async run(command: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#project.shell.run(command);
    if (exitCode !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Looks at what exists, and imports what `make adopt` takes over. @returns its lists */
  async adopt(stack: string): Promise<string> {
    const lists = await this.run(documented("make adopt", "IMPORT=").replace("<cluster>", stack));
    await this.run(`${documented("pulumi import")} --yes`);
    return lists;
  }

  /** The steps of the next `up`, as `create OauthClient operator-credential-client`. */
  async next(): Promise<string[]> {
    const { steps } = JSON.parse(await this.run("pulumi preview --json")) as {
      readonly steps: readonly { readonly op: string; readonly urn: string }[];
    };
    return steps
      .filter(
        ({ op, urn }) => !["same", "read", "refresh"].includes(op) && !urn.includes("pulumi:pulumi:Stack"),
      )
      .map(({ op, urn }) => `${op} ${urn.split(/::|[:$]/).at(-2) ?? ""} ${urn.split("::").at(-1) ?? ""}`);
  }
}
