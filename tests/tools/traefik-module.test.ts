import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TRAEFIK_VERSION } from "../../tools/traefik-lab/binary.ts";

test("Traefik is built at the version that it reports", () => {
  const required = readFileSync(new URL("../../tools/traefik/go.mod", import.meta.url), "utf8");
  const fix = `fix: go -C tools/traefik get github.com/traefik/traefik/v3@${TRAEFIK_VERSION}`;
  expect(/^\s*github\.com\/traefik\/traefik\/v3 (\S+)/m.exec(required)?.[1], fix).toBe(TRAEFIK_VERSION);
});
