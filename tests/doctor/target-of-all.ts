import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTarget } from "../../doctor/target/read-target.ts";
import type { Target } from "../../doctor/target/target.ts";
import { PROJECT_FOLDER, readConfig, stackConfig } from "../support/stack-config.ts";

/** The stack ozilab as if it had an origin lock, and a hostname of each `via` that has checks of its own. */
export async function targetOfAll(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "doctor-target-"));
  const outputsFile = join(folder, "outputs.json");
  const funnel = "ozilab-edge.tail1234.ts.net";
  const host = (via: string) => ({ url: "", target: funnel, zone: "example.com", via });
  const outputs = {
    funnel: { expected: funnel, actual: funnel },
    hostnames: { "app.example.com": host("origin-rule"), "b.example.com": host("worker") },
    originLock: { serial: 1, enforced: true },
  };
  await writeFile(outputsFile, JSON.stringify(outputs));
  const target = await readTarget(PROJECT_FOLDER, { stack: "ozilab", outputsFile });
  await rm(folder, { recursive: true });
  return target;
}

/** The stack tazlab, which has private services only, with no outputs of its own. */
export async function targetOfTazlab(): Promise<Target> {
  const config = await readConfig(stackConfig("tazlab"));
  return { stack: "tazlab", config, outputs: { hostnames: {}, exposure: [] }, hosts: [] };
}
