import { buildSync } from "esbuild";
import { fileURLToPath } from "node:url";
import llhttp from "undici/lib/llhttp/llhttp-wasm.js";

/** A Worker as it is uploaded: the text of its main module and the files that it imports. */
export interface WorkerBundle {
  /** Name of the main module. */
  readonly mainModule: "worker.js";
  /** The behaviour of the runtime that the tests have seen; newer runtimes keep it for this date. */
  readonly compatibilityDate: string;
  /** ES module, the same bytes wherever the same lock file is installed. */
  readonly script: string;
  /** Further parts of the upload, by the name that the script imports them under. */
  readonly files: Readonly<
    Record<string, { readonly contentType: "application/wasm"; readonly contentBase64: string }>
  >;
}

/** Builds the Worker from its source: about 50 ms, no files written, nothing read but worker/src and packages. */
export function bundleWorker(): WorkerBundle {
  const { outputFiles } = buildSync({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: ["worker/src/index.ts"],
    tsconfigRaw: {},
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2024",
    external: ["cloudflare:sockets", "./llhttp.wasm"],
    // Comments carry paths, and the text is part of the stack's state; names stay, for they are in the logs.
    minifyWhitespace: true,
    minifySyntax: true,
    charset: "utf8",
    define: { "process.env.WS_NO_BUFFER_UTIL": "'1'", "process.env.WS_NO_UTF_8_VALIDATE": "'1'" },
    banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire("/");' },
  });
  return {
    mainModule: "worker.js",
    compatibilityDate: "2026-10-23",
    script: outputFiles[0]?.text ?? "",
    files: { "llhttp.wasm": { contentType: "application/wasm", contentBase64: llhttp.toString("base64") } },
  };
}
