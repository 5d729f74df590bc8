// The plugin `pulumi-language-nodejs` of the sandbox's shell. `pulumi import` has no option for a served program and
// requires a language plugin, although it runs no program.
import { serveProgram } from "./language-server.ts";

const { port } = await serveProgram(() => Promise.reject(new Error("an import runs no program")));
// The engine reads the port from the first line, and ends the process.
process.stdout.write(`${port}\n`);
