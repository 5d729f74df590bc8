import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { deviceNames } from "../../../device-names.ts";
import { failuresOf, stepsOf } from "../../../inline-project.ts";
import { namespace, object, operatorProject, operatorSecret, release, stack } from "../operator-project.ts";

const project = await operatorProject();

describe("an object", () => {
  test("is rejected with an invalid name, without its namespace or definition, or if it exists", async () => {
    const settings = (name: string, space: string) => ({
      metadata: { name, namespace: space },
      data: { a: "1" },
    });
    const run = await project.up(
      () => {
        object("v1", "ConfigMap", "lost", settings("a", "nowhere"));
        object("v1", "ConfigMap", "Odd", settings("Odd", "traefik"));
        object("v1", "Namespace", "again", { metadata: { name: "traefik" } });
        object("tailscale.com/v1alpha1", "ProxyClass", "class", { metadata: { name: "a" }, spec: {} });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      'Odd: configmaps "Odd" is invalid: metadata.name: not a lowercase RFC 1123 name',
      'again: namespaces "traefik" already exists',
      'class: no matches for kind "ProxyClass" in version "tailscale.com/v1alpha1"',
      'lost: namespaces "nowhere" not found',
    ]);
  });

  test("of kind Service gets an address, a name if exposed, and fails if its selector matches no pod", async () => {
    const service = (name: string, operator: pulumi.Resource, spec: object, annotations: object = {}) =>
      object(
        "v1",
        "Service",
        name,
        { metadata: { name, namespace: "traefik", annotations }, spec: { ports: [{ port: 5432 }], ...spec } },
        { dependsOn: operator },
      );
    const balanced = { type: "LoadBalancer", loadBalancerClass: "tailscale", selector: { app: "traefik" } };
    const run = await project.up(
      () => {
        const space = namespace("privileged");
        const operator = release({}, [operatorSecret("good", "good-secret", space)]);
        service("db", operator, balanced, { "tailscale.com/hostname": "tazlab-db" });
        service("exposed", operator, { selector: { app: "traefik" } }, { "tailscale.com/expose": "true" });
        service("untargeted", operator, { selector: { app: "lost" } });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      'untargeted: 1 error occurred:\n\t* services "untargeted": Service does not target any Pods',
    ]);
    expect(project.withWorld(deviceNames)).toEqual(["tailscale-operator", "tazlab-db", "traefik-exposed"]);
    expect(project.withWorld((world) => objects(world).get("Service traefik/db")?.status)).toEqual({
      loadBalancer: {
        ingress: [
          { hostname: "tazlab-db.tail1234.ts.net" },
          { ip: expect.stringMatching(/^100\.64\./) as string },
        ],
      },
    });
    expect((await project.destroy()).errors).toEqual([]);
  });

  test("shows an edit by hand only in fields that the program manages", async () => {
    await project.up(stack());
    project.withWorld((world) => {
      const found = objects(world).get("Namespace tailscale");
      const labels = { somebody: "else" };
      if (found)
        objects(world).set("Namespace tailscale", { ...found, metadata: { ...found.metadata, labels } });
      const secret = objects(world).get("Secret tailscale/operator-oauth");
      const data = { ...secret?.data, client_id: "eA==" };
      if (secret) objects(world).set("Secret tailscale/operator-oauth", { ...secret, data });
    });
    expect(stepsOf(await project.refresh())).toEqual(["update credentials"]);
    expect(stepsOf(await project.up(stack()))).toEqual(["update credentials"]);
  });
});
