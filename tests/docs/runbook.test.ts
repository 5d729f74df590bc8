import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CAUSES } from "../../doctor/core/causes.ts";
import { STARTS } from "../../sandbox/rehearse/rehearse.ts";
import { runbookBlocks } from "../../sandbox/rehearse/runbook.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const BLOCKS = runbookBlocks();

/** The blocks that the slow tests of this folder run. tests/apiserver runs those of kubectl, and checks that it runs all. */
function blocksInTests(): readonly string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => /^runbook-.*\.slow\.test\.ts$/.test(file));
  const text = files.map((file) => readFileSync(join(import.meta.dirname, file), "utf8")).join("\n");
  return [...text.matchAll(/runBlock\(\s*"([\w-]+)"/g)].map(([, name = ""]) => name);
}

test("every block of the page is run by a test", () => {
  // tests/explain runs the command of the block explain against a real API server.
  const ran = [...STARTS.map(({ block }) => block), ...blocksInTests(), "explain"];
  const names = [...BLOCKS.keys()].filter((name) => !name.startsWith("kubectl-"));
  expect(names.toSorted()).toEqual([...new Set(ran)].toSorted());
});

test("the page names only causes that the doctor has", () => {
  const text = readFileSync(join(PROJECT_FOLDER, "docs", "runbook.md"), "utf8");
  const proofs = text.match(/^\*\*Proof\*\*: the \[doctor\]\(#first-look\) reports .*(?:\n\S.*)*/gm) ?? [];
  expect(proofs).toHaveLength(7);
  const causes = proofs.flatMap((proof) => [...proof.matchAll(/`([\w-]+)`/g)].map(([, cause = ""]) => cause));
  expect(causes.filter((cause) => !(cause in CAUSES))).toEqual([]);
});

test("every command of the page is in a block", () => {
  const text = readFileSync(join(PROJECT_FOLDER, "docs", "runbook.md"), "utf8");
  const marked = [...BLOCKS.values()].flat().length;
  const indented = text.replaceAll(/\\\n\s*/g, "").match(/^ {4}\S.*$/gm) ?? [];
  expect(indented).toHaveLength(marked);
  expect(text).not.toContain("```");
});
