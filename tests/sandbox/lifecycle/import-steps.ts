import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ShellProject } from "../../support/shell-project.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";
import type { ExportedResource, ImportEntry } from "./import-ids.ts";

/** The commands of docs/adopting.md, so that the page shows what the tests run. */
function documented(command: string): string {
  const page = readFileSync(join(PROJECT_FOLDER, "docs/adopting.md"), "utf8");
  const line = page.split("\n").find((text) => text.startsWith(`    ${command}`));
  if (line === undefined) throw new Error(`docs/adopting.md shows no ${command}`);
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

  /** @param withId - the entry with its ID; undefined for what is not imported */
  async import(withId: (entry: ImportEntry) => ImportEntry | undefined): Promise<void> {
    await this.run(documented("pulumi preview --import-file"));
    const file = join(this.#project.folder, "adopt.json");
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as { readonly resources: ImportEntry[] };
    writeFileSync(file, JSON.stringify({ resources: resources.flatMap((entry) => withId(entry) ?? []) }));
    await this.run(`${documented("pulumi import")} --yes`);
  }

  /** The steps of the next `up`, as `create OauthClient operator-credential-client`. */
  async next(): Promise<string[]> {
    const { steps } = JSON.parse(await this.run("pulumi preview --json")) as {
      readonly steps: readonly { readonly op: string; readonly urn: string }[];
    };
    return steps
      .filter(({ op, urn }) => !["same", "read"].includes(op) && !urn.includes("pulumi:pulumi:Stack"))
      .map(({ op, urn }) => `${op} ${urn.split(/::|[:$]/).at(-2) ?? ""} ${urn.split("::").at(-1) ?? ""}`);
  }

  async exported(): Promise<readonly ExportedResource[]> {
    const state = JSON.parse(await this.run("pulumi stack export")) as {
      readonly deployment: { readonly resources: readonly ExportedResource[] };
    };
    return state.deployment.resources;
  }
}
