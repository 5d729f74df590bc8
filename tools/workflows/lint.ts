// Checks the workflows in .github with actionlint and with the project's own audits; with zizmor too, if it is on PATH.
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { cachedTool } from "../cached-tool.ts";
import { buildGoProgram } from "../go.ts";
import { auditWorkflow } from "./audit.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");
const MODULE = join(ROOT, "tools", "actionlint");

const folder = await cachedTool({
  name: "actionlint",
  source: MODULE,
  build: async (into, report) => {
    await buildGoProgram({
      module: MODULE,
      package: "github.com/rhysd/actionlint/cmd/actionlint",
      output: join(into, "actionlint"),
      report,
    });
  },
});
// Explicit files: without them actionlint looks for a repository of git. The other linters are not everywhere.
const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });
const run = execa({ cwd: ROOT, reject: false, stdio: ["ignore", "inherit", "inherit"] });
const lint = await run(join(folder, "actionlint"), ["-shellcheck=", "-pyflakes=", ...workflows]);

const findings = [...workflows, ...globSync(".github/actions/*/action.yml", { cwd: ROOT })].flatMap((file) =>
  auditWorkflow(file, readFileSync(join(ROOT, file), "utf8")),
);
for (const finding of findings) process.stderr.write(`${finding}\n`);

const zizmor = await run("zizmor", ["--offline", "--quiet", ".github"]);
if (lint.failed || findings.length > 0 || (zizmor.failed && zizmor.code !== "ENOENT")) process.exitCode = 1;
