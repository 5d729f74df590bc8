import { expect, test } from "vitest";
import { privateServiceAnswers, resourcesNamed, service } from "../support/private-stack.ts";
import { publicEdge, publicEdgeAnswers, recordStack } from "../support/record-stack.ts";
import { stackConfig } from "../support/stack-config.ts";

const CUSTOM = "kubernetes:tailscale.com/v1alpha1:ProxyClass";

/** The settings of the operator in a stack's file, with a default ProxyClass. */
const operator = (stack: string) => ({
  ...(stackConfig(stack)["tailnet-edge:operator"] as object),
  pullSecrets: ["mirror"],
  proxyClass: "small",
});
const proxyClasses = [{ name: "small" }, { name: "big", pullSecrets: [] }];

test("private services and ProxyGroups wait for their own ProxyClass, or for the operator's", async () => {
  const recording = await recordStack("tazlab", {
    config: {
      ...{ homepage: {}, clusterDns: {}, operator: operator("tazlab"), proxyClasses },
      proxyGroups: [{ name: "shared" }, { name: "large", proxyClass: "big" }],
      privateServices: [
        service({ name: "app", tags: ["tag:a"] }),
        service({ name: "db", tags: ["tag:b"], proxyClass: "big" }),
        service({ name: "web", tags: ["tag:c"], proxyClass: "of-others" }),
      ],
    },
    answers: privateServiceAnswers(),
  });
  const classes = recording.resources
    .filter(({ type }) => type === CUSTOM)
    .toSorted((a, b) => b.name.localeCompare(a.name));
  expect(classes.map(({ name, inputs }) => [name, inputs["spec"]])).toEqual([
    ["proxy-class-small", { statefulSet: { pod: { imagePullSecrets: [{ name: "mirror" }] } } }],
    ["proxy-class-big", {}],
  ]);
  const release = resourcesNamed(recording, "operator-release").map(({ urn }) => urn);
  expect(classes.map(({ dependsOn }) => dependsOn.filter((urn) => release.includes(urn)))).toEqual([
    release,
    release,
  ]);
  const awaited = ["app", "db", "web", "proxy-group-shared", "proxy-group-large"].map((name) =>
    resourcesNamed(recording, name).flatMap(({ dependsOn }) =>
      classes.filter(({ urn }) => dependsOn.includes(urn)).map((one) => one.name),
    ),
  );
  expect(awaited).toEqual([
    ["proxy-class-small"],
    ["proxy-class-big"],
    [],
    ["proxy-class-small"],
    ["proxy-class-big"],
  ]);
});

test("the Funnel names its ProxyClass and waits for it", async () => {
  const edge = publicEdge(["app.example.com"]);
  const recording = await recordStack("ozilab", {
    config: { proxyClasses, publicEdge: { ...edge, funnel: { ...edge.funnel, proxyClass: "big" } } },
    answers: publicEdgeAnswers("ozilab-edge.tail1234.ts.net"),
  });
  const [big] = recording.resources.filter(({ name, type }) => name === "proxy-class-big" && type === CUSTOM);
  const [ingress] = resourcesNamed(recording, "funnel");
  expect(ingress?.inputs["metadata"]).toMatchObject({
    annotations: { "tailscale.com/funnel": "true", "tailscale.com/proxy-class": "big" },
  });
  expect(ingress?.dependsOn).toContain(big?.urn);
});
