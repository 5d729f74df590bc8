import { readFileSync, writeFileSync } from "node:fs";
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

  /** Publishes www.example.com through the Worker, in ozilab's stack file. */
  addWorkerHostname(): void {
    this.edit(/^( +)- app\.example\.com$/m, "$&\n$1- { host: www.example.com, via: worker }");
  }

  /** Changes the text of ozilab's stack file. @throws Error if the file does not have it */
  edit(search: RegExp, replacement: string): void {
    const file = join(this.#project.folder, "Pulumi.ozilab.yaml");
    const text = readFileSync(file, "utf8");
    if (!search.test(text)) throw new Error(`${file} has no ${String(search)}`);
    writeFileSync(file, text.replace(search, replacement));
  }

  /** Leaves the objects of a deployed stack without a state, as a lost backend does. */
  async loseState(stack: string): Promise<void> {
    await this.run(`pulumi stack rm ${stack} --yes --force --preserve-config`);
    await this.run(`pulumi stack init ${stack}`);
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
