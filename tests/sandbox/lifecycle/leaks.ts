import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { LAST_RUN_FILE, WORLD_FILE } from "../../../sandbox/world/world-file.ts";

/** The simulated systems: the key is in a Secret of the cluster. */
const SIMULATED = [WORLD_FILE, `${WORLD_FILE}.journal`, LAST_RUN_FILE];

/** The files in a sandbox's folder that contain a secret, in any of its {@link encodings}. */
export function filesContaining(secrets: readonly string[], sandbox: string): string[] {
  const entries = readdirSync(sandbox, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !SIMULATED.includes(relative(sandbox, file)))
    .filter((file) => containsSecret(readFileSync(file, "latin1"), secrets));
}

/** Whether a text contains one of the secrets, in any of its {@link encodings}. */
export function containsSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.flatMap(encodings).some((encoded) => text.includes(encoded));
}

/** How a secret may appear in a text: plain, escaped, URL-encoded, hexadecimal, base64. */
export function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** What base64 of a longer text always contains if the secret starts `offset` bytes after a multiple of three. */
function base64At(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  // The first and last character also hold bits of the neighbouring bytes.
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(first, end);
}
