import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allChecks } from "../../doctor/all-checks.ts";
import { machineNetwork } from "../../doctor/probes/network.ts";
import { liveSystems } from "../../doctor/systems.ts";
import { targetOfAll, targetOfTazlab } from "../doctor/target-of-all.ts";
import { plainSettings } from "../live/settings.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

test("the page lists the least permission of every check that needs one", async () => {
  const page = readFileSync(join(PROJECT_FOLDER, "docs", "doctor.md"), "utf8");
  const table = page.slice(page.indexOf("## Least permissions"));
  const rows = [...table.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, kind, needs]) => [kind, needs]);
  expect(rows).toEqual(await permissions());
});

/** Kinds of checks in their order: the whole ID for a scope or a part of the policy, else its first part. */
async function permissions(): Promise<(string | undefined)[][]> {
  const [systems, network] = [liveSystems(plainSettings({})), machineNetwork(true)];
  const targets = [await targetOfAll(), await targetOfTazlab()];
  const kinds = new Map<string, string>();
  for (const { id, needs } of targets.flatMap((target) => allChecks(target, systems, network))) {
    const kind = /^(scope|policy)\//.test(id) ? id : (id.split("/")[0] ?? "");
    if (needs !== "" && !kinds.has(kind)) kinds.set(kind, needs);
  }
  return [...kinds].map(([kind, needs]) => [kind, needs]);
}
