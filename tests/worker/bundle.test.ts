import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { bundleWorker } from "../../worker/bundle.ts";

const bundle = bundleWorker();

test("builds the same bytes in another process and folder", () => {
  const module = new URL("../../worker/bundle.ts", import.meta.url).href;
  const print = `import { bundleWorker } from ${JSON.stringify(module)}; process.stdout.write(JSON.stringify(bundleWorker()));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", print], { cwd: tmpdir() });
  expect(JSON.parse(printed.toString())).toEqual(bundle);
});

test("the script imports only what Workers provide and what is uploaded with it", () => {
  const names = Array.from(bundle.script.matchAll(/\bfrom ?"([^"]+)"/g), ([, name]) => name);
  expect(names.sort()).toEqual(["./llhttp.wasm", "cloudflare:sockets", "node:module"]);
  expect(Object.keys(bundle.files)).toEqual(["llhttp.wasm"]);
});

test("the upload is far below the 3 MB that the free plan allows", () => {
  const wasm = Buffer.from(bundle.files["llhttp.wasm"]?.contentBase64 ?? "", "base64");
  expect(wasm.subarray(0, 4).toString("latin1")).toBe("\0asm");
  expect(bundle.script.length + wasm.length).toBeLessThan(200_000);
});
