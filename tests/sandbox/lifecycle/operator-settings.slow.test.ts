import { afterAll, expect, test } from "vitest";
import { objectKey, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { valueAt } from "../../../sandbox/providers/values.ts";
import { ozilabConfig } from "./ozilab-config.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";

interface Changes {
  readonly operator: Readonly<Record<string, unknown>>;
  readonly proxyClasses: readonly object[];
}

/** The ozilab stack on a cluster that limits the system's priority classes, as GKE does. */
const project = await RealProject.create<Changes>({
  configOf: ({ operator = {}, proxyClasses = [] }) => {
    const config = ozilabConfig({});
    return {
      ...config,
      "tailnet-edge:operator": { ...config["tailnet-edge:operator"], ...operator },
      "tailnet-edge:proxyClasses": proxyClasses,
    };
  },
  prerequisites: { zones: [{ name: "example.com" }], limitsPriority: true },
});

afterAll(async () => {
  await project.remove();
});

const operatorPod = () =>
  project.withWorld((world) =>
    valueAt(objects(world).get(objectKey("Deployment", "tailscale", "operator"))?.spec, ["template", "spec"]),
  );

test("the operator's pod is refused with the default priority class where that is limited, and runs with none", async () => {
  project.configure({});
  const refused = await project.run("up");
  expect(refused.errors.join("\n")).toContain("insufficient quota to match these scopes");

  project.configure({ operator: { priorityClass: "" } });
  expect((await project.run("up")).errors).toEqual([]);
  expect(operatorPod()).toMatchObject({ priorityClassName: "" });
});

test("a default ProxyClass is ready before the proxies that need it, and goes after them", async () => {
  project.reset();
  const monitored = { name: "small", metrics: { serviceMonitor: {} } };
  const operator = { priorityClass: "", proxyClass: "small" };
  project.configure({ operator, proxyClasses: [monitored] });
  const refused = await project.run("up");
  expect(refused.errors.join("\n")).toContain('"servicemonitors.monitoring.coreos.com" CRD was not found');

  const resources = { requests: { cpu: "50m" } };
  project.configure({ operator, proxyClasses: [{ name: "small", resources, metrics: {} }] });
  const created = await project.run("up");
  expect([created.errors, created.warnings]).toEqual([[], []]);
  const [funnel, small] = ["create Ingress funnel", "update ProxyClass proxy-class-small"];
  expect(stepsInOrder(created).filter((step) => [funnel, small].includes(step))).toEqual([small, funnel]);
  expect((await project.run("destroy")).errors).toEqual([]);
});
