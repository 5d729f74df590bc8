import { expect, test } from "vitest";
import { CONSOLE_ACTIONS } from "../../../sandbox/rehearse/console.ts";
import { STARTS } from "../../../sandbox/rehearse/rehearse.ts";
import { runbookBlocks } from "../../../sandbox/rehearse/runbook.ts";

test("reads marked blocks as commands and console steps", () => {
  const text = `# Page

<!-- run: first -->

    pulumi up \\
      --yes
    # a comment
    # console: remove the machine

Text, and a block that nobody runs:

    rm -rf /

<!-- run: second -->

    make plan
`;
  expect([...runbookBlocks(text)]).toEqual([
    [
      "first",
      [
        { kind: "command", text: "pulumi up --yes" },
        { kind: "console", text: "remove the machine" },
      ],
    ],
    ["second", [{ kind: "command", text: "make plan" }]],
  ]);
});

test("the runbook has a block for every start, and only console steps that the rehearsal knows", () => {
  const blocks = runbookBlocks();
  for (const { block } of STARTS) {
    const steps = blocks.get(block) ?? [];
    expect(steps.length).toBeGreaterThan(2);
    const unknown = steps.filter(({ kind, text }) => kind === "console" && !(text in CONSOLE_ACTIONS));
    expect(unknown).toEqual([]);
  }
});
