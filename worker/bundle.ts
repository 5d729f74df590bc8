import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import llhttp from "undici/lib/llhttp/llhttp-wasm.js";

/** A Worker ready for upload: the text of its main module and the files that it imports. */
export interface WorkerBundle {
  /** Name of the main module. */
  readonly mainModule: "worker.js";
  /** Selects the runtime behaviour that the tests cover; newer runtimes keep it for this date. */
  readonly compatibilityDate: string;
  /** ES module; the same lock file always gives the same bytes. */
  readonly script: string;
  /** The other parts of the upload, by the name under which the script imports them. */
  readonly files: Readonly<
    Record<string, { readonly contentType: "application/wasm"; readonly contentBase64: string }>
  >;
}

/** Builds the Worker of the public edge from worker/src in about 50 ms, without writing files. */
export function bundleWorker(): WorkerBundle {
  return bundle("worker/src/index.ts");
}

/** Builds the script of the Durable Objects that keep connections to the origin. */
export function bundlePool(): WorkerBundle {
  return bundle("worker/src/pool.ts");
}

function bundle(entryPoint: string): WorkerBundle {
  const { outputFiles } = buildSync({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: [entryPoint],
    tsconfigRaw: {},
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2024",
    external: ["cloudflare:sockets", "cloudflare:workers", "./llhttp.wasm"],
    // Comments contain paths, and the text is part of the stack's state. Names are kept for the logs.
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
