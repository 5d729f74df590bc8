import { describe, expect, test } from "vitest";
import { failuresOf } from "../../../inline-project.ts";
import { namespace, operatorProject, operatorSecret, release } from "../operator-project.ts";

const project = await operatorProject();

describe("a release", () => {
  test("needs its namespace, an existing chart, values that render, and an existing post-renderer", async () => {
    const one = async (rest: object, values: object = {}) =>
      failuresOf(await project.up(() => release(values, [], rest))).join("\n");
    expect(await one({})).toContain('create: failed to create: namespaces "tailscale" not found');
    expect(await one({ version: "9.9.9" })).toContain("matching 9.9.9 not found: the sandbox has");
    expect(await one({ chart: "nginx" })).toContain('chart "nginx" not found');
    expect(await one({}, { proxyConfig: { defaultTags: ["tag:k8s"] } })).toContain(
      "EnvVar.value of PROXY_TAGS",
    );
    expect(await one({}, { operatorConfig: { podAnnotations: { serial: 1 } } })).toContain(
      "serial is not a string",
    );
    expect(await one({ postrender: "./missing" })).toContain(
      "error while running post render: spawn ./missing ENOENT",
    );
  });

  test("does not take over a Secret of others", async () => {
    const run = await project.up(() => {
      const space = namespace();
      release({ oauth: { clientId: "good", clientSecret: "good-secret" } }, [
        operatorSecret("good", "good-secret", space),
      ]);
    });
    expect(failuresOf(run).join("\n")).toContain(
      'secrets "operator-oauth" exists and cannot be imported into the current release: invalid ownership metadata',
    );
  });
});
