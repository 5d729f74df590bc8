import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import { GO_ENVIRONMENT } from "../go.ts";
import { TRAEFIK_VERSION } from "./binary.ts";

/** Traefik's custom resource definitions, as its release publishes them: plain Kubernetes objects. */
export async function traefikResourceDefinitions(): Promise<readonly Record<string, unknown>[]> {
  const module = `github.com/traefik/traefik/v3@${TRAEFIK_VERSION}`;
  const { stdout } = await execa("go", ["mod", "download", "-json", module], {
    cwd: join(import.meta.dirname, "..", "traefik"),
    env: GO_ENVIRONMENT,
  });
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  const file = "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml";
  const documents = parseAllDocuments(await readFile(join(folder, file), "utf8"));
  return documents.map((document) => document.toJS() as Record<string, unknown>);
}
