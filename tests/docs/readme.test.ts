import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import program from "../../index.ts";
import { record } from "../../plan/recording/recorder.ts";
import { renderText } from "../../plan/report/render-text.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const README = readFileSync(join(PROJECT_FOLDER, "README.md"), "utf8");
/** Replaces the lines that the excerpt leaves out. */
const OMISSION = "…";

function codeBlock(language: string): string {
  const blocks = [...README.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  expect(blocks).toHaveLength(1);
  return blocks[0]?.[1] ?? "";
}

/** The text plan of a stack's file. */
async function planOf(stackFile: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  copyFileSync(join(PROJECT_FOLDER, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  writeFileSync(join(folder, "Pulumi.ozilab.yaml"), stackFile);
  const file = readStackFile(folder, "ozilab");
  return renderText("ozilab", await record({ ...file, program, stack: "ozilab" }));
}

test("the README's stack file is ten lines, and its excerpt is what make plan prints for it", async () => {
  const stackFile = codeBlock("yaml");
  const excerpt = codeBlock("text");
  expect(stackFile.trimEnd().split("\n").length).toBeLessThanOrEqual(10);

  const parts = excerpt.split(new RegExp(`^${OMISSION}\n`, "m"));
  expect(parts.length).toBeGreaterThan(1);
  let rest = `${await planOf(stackFile)}\n`;
  for (const part of parts) {
    expect(rest).toContain(part);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
});
