import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shellProject } from "../../support/shell-project.ts";
import { type ExportedResource, type ImportEntry, withImportId } from "./import-ids.ts";

const project = await shellProject();
afterAll(() => project.remove());

/** Runs a command that must succeed. @returns its standard output */
async function run(command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await project.shell.run(command);
  if (exitCode !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
  return stdout;
}

async function exported(): Promise<readonly ExportedResource[]> {
  const state = JSON.parse(await run("pulumi stack export")) as {
    readonly deployment: { readonly resources: readonly ExportedResource[] };
  };
  return state.deployment.resources;
}

/** Leaves the objects of a deployed stack without a state, as a lost backend does. */
async function loseState(stack: string): Promise<void> {
  await run(`pulumi stack rm ${stack} --yes --force --preserve-config`);
  await run(`pulumi stack init ${stack}`);
}

/** Writes the import file, and adds the IDs that docs/adopting.md describes. */
async function writeImportFile(existing: readonly ExportedResource[]): Promise<void> {
  await run("pulumi preview --import-file adopt.json");
  const file = join(project.folder, "adopt.json");
  const { resources } = JSON.parse(readFileSync(file, "utf8")) as { readonly resources: ImportEntry[] };
  const entries = resources.flatMap((entry) => withImportId(entry, existing) ?? []);
  writeFileSync(file, JSON.stringify({ resources: entries }));
}

/** The steps of the next `up`, as `create OauthClient operator-credential-client`. */
async function nextSteps(): Promise<string[]> {
  const { steps } = JSON.parse(await run("pulumi preview --json")) as {
    readonly steps: readonly { readonly op: string; readonly urn: string }[];
  };
  return steps
    .filter(({ op, urn }) => !["same", "read"].includes(op) && !urn.includes("pulumi:pulumi:Stack"))
    .map(({ op, urn }) => `${op} ${urn.split(/::|[:$]/).at(-2) ?? ""} ${urn.split("::").at(-1) ?? ""}`);
}

/** One hostname through the Worker, so that the stack has every kind of Cloudflare resource. */
function addWorkerHostname(): void {
  const file = join(project.folder, "Pulumi.ozilab.yaml");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/^( +)- app\.example\.com$/m, "$&\n$1- { host: www.example.com, via: worker }"),
  );
}

test.each(["ozilab", "tazlab"])(
  "%s without a state imports every object, and up replaces and deletes none",
  async (stack) => {
    if (stack === "ozilab") addWorkerHostname();
    project.shell.prepare(stack);
    await run(`pulumi stack init ${stack}`);
    await run("pulumi up --yes --skip-preview");
    const existing = await exported();
    await loseState(stack);

    await writeImportFile(existing);
    await run("pulumi import --file adopt.json --protect=false --generate-code=false --yes");
    const steps = await nextSteps();
    expect(steps.filter((step) => !/^(create|update) /.test(step))).toEqual([]);
    // What cannot be imported: the policy is written over, an OAuth client's key is unknown, a patch is made on what exists.
    expect(steps.filter((step) => step.startsWith("create ") && !/Patch /.test(step)).sort()).toEqual([
      "create Acl tailnet-policy",
      "create OauthClient operator-credential-client",
    ]);
    await run("pulumi up --yes --skip-preview");
    await run("pulumi preview --expect-no-changes");
  },
);
