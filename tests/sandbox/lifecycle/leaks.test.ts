import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { containsSecret, filesContaining } from "./leaks.ts";

const SECRET = 'tskey-client-k1-"?~>secret';

test.each([
  ["plain", SECRET],
  ["JSON", JSON.stringify({ key: SECRET })],
  ["a URL", `https://x/?key=${encodeURIComponent(SECRET)}`],
  ["hexadecimal", Buffer.from(`before ${SECRET} after`).toString("hex")],
])("finds a secret in %s", (_encoding, text) => {
  expect(containsSecret(text, [SECRET])).toBe(true);
});

test.each(["base64", "base64url"] as const)("finds a secret in %s at any offset", (encoding) => {
  for (const before of ["", "x", "xy", "xyz"]) {
    for (const after of ["", "x", "xy"]) {
      const text = Buffer.from(before + SECRET + after).toString(encoding);
      expect([text, containsSecret(text, [SECRET])]).toEqual([text, true]);
      expect(containsSecret(text, [`${SECRET.slice(1)}?`])).toBe(false);
    }
  }
});

test("finds the file that contains a secret, and skips the simulated systems", async () => {
  const sandbox = await mkdtemp(join(tmpdir(), "leaks-"));
  await writeFile(join(sandbox, "world.json"), SECRET);
  await writeFile(join(sandbox, "last-run.jsonl"), SECRET);
  await writeFile(join(sandbox, "clean"), "nothing");
  expect(filesContaining([SECRET], sandbox)).toEqual([]);
  const file = join(sandbox, "log");
  await writeFile(file, `{"key":"${Buffer.from(`odd${SECRET}`).toString("base64")}"}`);
  expect(filesContaining([SECRET], sandbox)).toEqual([file]);
  await rm(sandbox, { recursive: true });
});
