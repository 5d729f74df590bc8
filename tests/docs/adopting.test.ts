import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { RecordedResource } from "../../plan/recording/recording.ts";
import { recordStack } from "../support/record-stack.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const FOLDER = join(PROJECT_FOLDER, "docs/adopting");
const NAMESPACE = "tailnet-edge:";

/** An example of a stack's settings on a page, by key. */
interface Example {
  readonly title: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The YAML blocks of a page that are a stack's settings. Others show what another tool reads. */
function examplesOf(page: string): readonly Example[] {
  const text = readFileSync(join(FOLDER, page), "utf8");
  const blocks = [...text.matchAll(/^( *)```yaml\n(.*?)^\1```$/gms)].map(([, , yaml = ""]) => yaml);
  return blocks
    .map((yaml) => Object.entries(parse(yaml) as Readonly<Record<string, unknown>>))
    .filter((entries) => entries.some(([key]) => key.startsWith(NAMESPACE)))
    .map((entries, index) => ({
      title: `${page}, example ${index + 1}`,
      config: Object.fromEntries(entries.map(([key, value]) => [key.slice(NAMESPACE.length), value])),
    }));
}

const EXAMPLES = readdirSync(FOLDER).flatMap(examplesOf);

async function resourcesOf(title: string): Promise<readonly RecordedResource[]> {
  const example = EXAMPLES.find((one) => one.title === title);
  const { resources } = await recordStack("ozilab", { config: example?.config ?? {} });
  return resources;
}

const contentOf = (resources: readonly RecordedResource[], name: string) =>
  resources.find((resource) => resource.name === name && resource.type.endsWith("DnsRecord"))?.inputs[
    "content"
  ];

test.each(EXAMPLES)("the program accepts the settings of $title", async ({ config }) => {
  expect((await recordStack("ozilab", { config })).resources.length).toBeGreaterThan(0);
});

test("the settings of a hand-made setup name the objects that exist", async () => {
  const resources = await resourcesOf("hand-made.md, example 1");
  const inputsOf = (type: string) => resources.find((resource) => resource.type.endsWith(type))?.inputs;
  expect(inputsOf(":Release")).toMatchObject({ name: "tailscale-operator", namespace: "tailscale-system" });
  expect(inputsOf(":Ingress")).toMatchObject({ metadata: { name: "funnel", namespace: "traefik" } });
});

test("cloudflared's tunnel stays the target of every record that was not moved", async () => {
  const tunnel = "1b2c3d4e.cfargotunnel.com";
  const before = await resourcesOf("cloudflared.md, example 1");
  expect([contentOf(before, "app.example.com"), contentOf(before, "www.example.com")]).toEqual([
    tunnel,
    tunnel,
  ]);
  const after = await resourcesOf("cloudflared.md, example 2");
  expect(contentOf(after, "app.example.com")).not.toBe(tunnel);
  expect(contentOf(after, "www.example.com")).toBe(tunnel);
});
