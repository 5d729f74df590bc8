import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

/** A link of a page to another page or file of this repository. */
interface Link {
  readonly page: string;
  readonly target: string;
}

const tracked = await execa("git", ["ls-files", "*.md"], { cwd: PROJECT_FOLDER });
const PAGES = tracked.stdout.split("\n");
const textOf = (page: string) => readFileSync(join(PROJECT_FOLDER, page), "utf8");

/** The anchors of a page's headings, as GitHub builds them. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function linksOf(page: string): readonly Link[] {
  const targets = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^https?:/.test(target)).map((target) => ({ page, target }));
}

function isBroken({ page, target }: Link): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : relative(PROJECT_FOLDER, join(PROJECT_FOLDER, dirname(page), path));
  if (!existsSync(join(PROJECT_FOLDER, file))) return true;
  return anchor !== undefined && !anchorsOf(file).includes(anchor);
}

test("every link between pages leads to a file, and to a heading if it names one", () => {
  const links = PAGES.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter(isBroken)).toEqual([]);
});

test("every page in docs is reachable from the README", () => {
  const seen = new Set<string>();
  const visit = (page: string): void => {
    if (seen.has(page) || !PAGES.includes(page)) return;
    seen.add(page);
    for (const { target } of linksOf(page)) visit(join(dirname(page), target.split("#")[0] ?? ""));
  };
  visit("README.md");
  expect(PAGES.filter((page) => page.startsWith("docs/") && !seen.has(page))).toEqual([]);
});

test("each decision record has the sections of a decision record, and is listed with its title", () => {
  const index = textOf("docs/adr/README.md");
  const records = PAGES.filter((page) => /^docs\/adr\/\d/.test(page));
  const sections = ["Status", "Context", "Decision", "Consequences", "Alternatives"];
  expect(records.map((page) => page.slice("docs/adr/".length, "docs/adr/0000".length))).toEqual(
    records.map((_, index) => String(index + 1).padStart(4, "0")),
  );
  for (const page of records) {
    const [, number, title = ""] = /^# (\d{4}): (.*)$/m.exec(textOf(page)) ?? [];
    expect([...textOf(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(sections);
    expect(page).toContain(`/${number ?? "none"}-`);
    expect(index).toContain(`(${page.slice("docs/adr/".length)})`);
    expect(index).toContain(`| ${title}`);
  }
});
