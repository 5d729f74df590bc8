import type * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { PrivateExposure } from "../../../../../components/private-services/private-exposure.ts";
import { nodePortsOf } from "../../../../../sandbox/providers/kubernetes/api-server/node-ports.ts";
import { objectAt } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { database } from "../../../../support/private-services.ts";
import { deviceNames } from "../../../device-names.ts";
import { stepsOf } from "../../../inline-project.ts";
import { namespace, operatorProject, operatorSecret, release } from "../operator-project.ts";

const project = await operatorProject();

/** An operator and a database on the tailnet, with another spec if given. */
const stack = (specOf?: (spec: object) => object) => () => {
  const operator = release({}, [operatorSecret("good", "good-secret", namespace())]);
  const transform: pulumi.ResourceTransform = ({ type, props, opts }) =>
    type === "kubernetes:core/v1:Service" && specOf
      ? { props: { ...props, spec: specOf(props["spec"] as object) }, opts }
      : undefined;
  const service = { ...database, namespace: "traefik", selector: { app: "traefik" } };
  const args = { service, expected: "tazlab-db.tail1234.ts.net" };
  new PrivateExposure("tazlab-db", args, { dependsOn: operator, transforms: [transform] });
};

const nodePorts = () =>
  project.withWorld((world) => nodePortsOf(objectAt(world, "Service traefik/tazlab-db-tailnet")));

test("a Service that an earlier version created with node ports is replaced, and keeps its name", async () => {
  const byDefault = (spec: object) => ({ ...spec, allocateLoadBalancerNodePorts: undefined });
  await project.up(stack(byDefault));
  expect(nodePorts()).toEqual([expect.any(Number)]);
  const run = await project.up(stack());
  expect([run.ok, stepsOf(run)]).toEqual([
    true,
    ["create-replacement tazlab-db", "delete-replaced tazlab-db", "replace tazlab-db"],
  ]);
  expect([nodePorts(), project.withWorld(deviceNames)]).toEqual([[], ["tailscale-operator", "tazlab-db"]]);
  expect(stepsOf(await project.up(stack()))).toEqual([]);
});
