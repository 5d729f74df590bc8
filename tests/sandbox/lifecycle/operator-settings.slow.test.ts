import { afterAll, expect, test } from "vitest";
import { objectKey, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { valueAt } from "../../../sandbox/providers/values.ts";
import { ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

interface Changes {
  readonly operator: Readonly<Record<string, unknown>>;
}

/** The ozilab stack on a cluster that limits the system's priority classes, as GKE does. */
const project = await RealProject.create<Changes>({
  configOf: ({ operator = {} }) => {
    const config = ozilabConfig({});
    return { ...config, "tailnet-edge:operator": { ...config["tailnet-edge:operator"], ...operator } };
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
