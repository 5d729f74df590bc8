// Destroys a stack's cluster, its state, or both, and restores them with the commands of docs/runbook.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../engine/find-engine.ts";
import { rehearse, STARTS } from "./rehearse.ts";

const engine = await findEngine();
for (const stack of ["ozilab", "tazlab"]) {
  for (const start of STARTS) {
    process.stdout.write(`${stack}: ${start.title}\n`);
    const folder = mkdtempSync(join(tmpdir(), "rehearse-"));
    try {
      const { steps, differences, touched } = await rehearse({
        engine,
        stack,
        start,
        folder,
        onStep: ({ text, milliseconds }) => {
          process.stdout.write(`  ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
        },
      });
      const total = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      process.stdout.write(`  ${(total / 1000).toFixed(1).padStart(6)} s  in total\n`);
      const findings = [...differences, ...touched.map((one) => `changed, and belongs to others: ${one}`)];
      for (const finding of findings) process.stdout.write(`  ${finding}\n`);
      if (findings.length > 0) process.exitCode = 1;
      else process.stdout.write("  hostnames and services answer as before; nothing of others was touched\n");
    } catch (error) {
      process.stdout.write(`${(error as Error).message}\n`);
      process.exitCode = 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
