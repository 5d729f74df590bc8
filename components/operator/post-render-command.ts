import { text } from "node:stream/consumers";
import { postRender } from "./post-render.ts";

try {
  process.stdout.write(postRender(await text(process.stdin)));
} catch (error) {
  process.stderr.write(`tailnet-edge post-render: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
