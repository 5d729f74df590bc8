import { writeFileSync } from "node:fs";
import { stackFileSchema } from "./json-schema.ts";

writeFileSync(
  new URL("../schema.json", import.meta.url),
  `${JSON.stringify(stackFileSchema(), undefined, 2)}\n`,
);
