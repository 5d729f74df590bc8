import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { buildGoProgram } from "../../tools/go.ts";
import type { Report } from "../../tools/progress.ts";

let module: string;

beforeEach(async () => {
  module = await mkdtemp(join(tmpdir(), "go-"));
  await writeFile(join(module, "go.mod"), "module example.test/demo\n\ngo 1.21\n");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(module, { recursive: true });
});

const build = (linkerFlags = "", report?: Report): Promise<void> =>
  buildGoProgram({ module, package: ".", output: join(module, "demo"), linkerFlags, report });

test("builds a program with the linker's values", async () => {
  await writeFile(
    join(module, "main.go"),
    'package main\n\nvar word = "none"\n\nfunc main() { print(word) }\n',
  );
  await build("-X main.word=linked");
  expect((await execa(join(module, "demo"))).stderr).toBe("linked");
}, 120_000);

test("reports each compiled package", async () => {
  // Go does not compile a source that is in its build cache.
  await writeFile(join(module, "main.go"), `package main\n\n// ${randomUUID()}\nfunc main() {}\n`);
  const reports: string[] = [];
  await build("", (detail) => reports.push(detail));
  expect(reports.at(-1)).toMatch(/^[1-9]\d* of up to \d+ packages compiled$/);
}, 120_000);

test("fails with the compiler's message if the source is invalid", async () => {
  await writeFile(join(module, "main.go"), "package main\n\nfunc main() { missing() }\n");
  await expect(build()).rejects.toThrow(/example\.test\/demo\n\.\/main\.go:3:15: undefined: missing/);
}, 120_000);

test("names what to install if there is no go command", async () => {
  vi.stubEnv("PATH", module);
  await expect(build()).rejects.toThrow(
    `the command go was not found on PATH: building ${module} needs Go 1.21 or newer (https://go.dev/dl)`,
  );
});
