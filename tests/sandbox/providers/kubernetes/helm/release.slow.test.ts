import { describe, expect, test } from "vitest";
import { objectAt, objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { failuresOf, resource } from "../../../inline-project.ts";
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

  test("deletes what an upgrade no longer renders, unless the live object is to be kept", async () => {
    const key = "Secret tailscale/operator-oauth";
    const oauth = { clientId: "good", clientSecret: "good-secret" };
    const withSecret = () => release({ oauth }, [namespace()]);
    // Without its Secret the pod cannot start, so only the Secret's fate counts here.
    const without = () => release({}, [namespace()], { skipAwait: true });
    await project.up(withSecret);
    project.session.withWorld((world) => {
      const secret = objectAt(world, key);
      const annotations = { ...secret.metadata.annotations, "helm.sh/resource-policy": "keep" };
      objects(world).set(key, { ...secret, metadata: { ...secret.metadata, annotations } });
    });
    expect(failuresOf(await project.up(without))).toEqual([]);
    expect(project.session.withWorld((world) => objects(world).has(key))).toBe(true);

    await project.up(withSecret);
    expect(failuresOf(await project.up(without))).toEqual([]);
    expect(project.session.withWorld((world) => objects(world).has(key))).toBe(false);
  });

  test.each([
    ["name", { name: "other" }, 'key "meta.helm.sh/release-name" must equal "other": current value is "ts"'],
    [
      "namespace",
      { namespace: "traefik" },
      'key "meta.helm.sh/release-namespace" must equal "traefik": current value is "tailscale"',
    ],
  ])("does not take over the CRDs of a release with another %s", async (_, identity, reason) => {
    const run = await project.up(() => {
      const space = namespace();
      const secret = operatorSecret("good", "good-secret", space);
      const first = release({}, [secret]);
      resource(
        "kubernetes:helm.sh/v3:Release",
        "second",
        { name: "ts", namespace: "tailscale", chart: "tailscale-operator", ...identity },
        { dependsOn: first },
      );
    });
    expect(failuresOf(run).join("\n")).toContain(
      `invalid ownership metadata; annotation validation error: ${reason}`,
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
      'Secret "operator-oauth" in namespace "tailscale" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "ts"',
    );
  });
});
