import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cloudflareChecks } from "../../doctor/cloudflare/checks.ts";
import { controlPlaneChecks } from "../../doctor/control-plane/checks.ts";
import { liveSystems } from "../../doctor/systems.ts";
import { targetOfAll } from "../doctor/target-of-all.ts";
import { plainSettings } from "../live/settings.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

test("the page lists the least permission of every check of the control plane and of Cloudflare", async () => {
  const page = readFileSync(join(PROJECT_FOLDER, "docs", "doctor.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, kind, needs]) => [kind, needs]);
  const expected = await permissions();
  expect(rows.filter(([kind]) => expected.some(([own]) => own === kind))).toEqual(expected);
});

/** Kinds of checks in their order: the whole ID for a scope or a part of the policy, else its first part. */
async function permissions(): Promise<(string | undefined)[][]> {
  const target = await targetOfAll();
  const systems = liveSystems(plainSettings({}));
  const checks = [...controlPlaneChecks(target, systems), ...cloudflareChecks(target, systems)];
  const kinds = checks.map(({ id, needs }): [string, string] => [
    /^(scope|policy)\//.test(id) ? id : (id.split("/")[0] ?? ""),
    needs,
  ]);
  return [...new Map(kinds)].map(([kind, needs]) => [kind, needs]);
}
