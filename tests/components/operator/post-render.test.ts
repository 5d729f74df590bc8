import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { postRender } from "../../../components/operator/post-render.ts";
import type { Manifest } from "../../support/manifest.ts";
import { operatorChartFolder, renderOperatorChart } from "../../support/operator-chart.ts";

const POST_RENDERER = join(import.meta.dirname, "..", "..", "..", "components", "operator", "post-render");

// The first build compiles Helm: minutes on a small machine.
beforeAll(operatorChartFolder, 900_000);

describe("the post-renderer, run by Helm over the real chart", () => {
  let plain: Manifest[];
  let changed: Manifest[];
  beforeAll(async () => {
    plain = await renderOperatorChart({});
    changed = await renderOperatorChart({}, { postRenderer: POST_RENDERER });
  });

  test("keeps every CRD when the release is uninstalled", () => {
    const crdsOf = (objects: readonly Manifest[]) =>
      objects.filter(({ kind }) => kind === "CustomResourceDefinition");
    const policies = crdsOf(changed).map(({ metadata }) => [
      metadata.name,
      (metadata["annotations"] as Record<string, string>)["helm.sh/resource-policy"],
    ]);
    expect(policies).not.toEqual([]);
    expect(policies).toEqual(crdsOf(plain).map(({ metadata }) => [metadata.name, "keep"]));
  });

  test("gives the operator's pod the priority class system-cluster-critical", () => {
    const [deployment] = changed.filter(({ kind }) => kind === "Deployment");
    expect(deployment).toMatchObject({
      metadata: { name: "operator" },
      spec: { template: { spec: { priorityClassName: "system-cluster-critical" } } },
    });
  });

  test("changes nothing else in the chart", () => {
    const reverted = structuredClone(changed) as Mutable[];
    for (const object of reverted) {
      delete object.metadata?.annotations?.["helm.sh/resource-policy"];
      delete object.spec?.template?.spec?.["priorityClassName"];
    }
    expect(reverted).toEqual(plain);
  });
});

interface Mutable {
  metadata?: { annotations?: Record<string, unknown> };
  spec?: { template?: { spec?: Record<string, unknown> } };
}

const OPERATOR =
  "kind: Deployment\nmetadata:\n  name: operator\nspec:\n  template:\n    spec:\n      a: no # kept\n";

describe("postRender", () => {
  test("keeps comments, quoting and empty documents", () => {
    const chart = `---\n# Source: empty.yaml\n---\n# Source: b.yaml\n${OPERATOR}---\nkind: ConfigMap\ndata:\n  on: "yes"\n`;
    expect(postRender(chart)).toBe(
      `---\n # Source: empty.yaml\n---\n# Source: b.yaml\n${OPERATOR}      priorityClassName: system-cluster-critical\n---\nkind: ConfigMap\ndata:\n  on: "yes"\n`,
    );
  });

  test("adds to a CRD's existing annotations", () => {
    const crd = "kind: CustomResourceDefinition\nmetadata:\n  annotations:\n    a: b\n";
    expect(postRender(`${crd}---\n${OPERATOR}`)).toContain(`${crd}    helm.sh/resource-policy: keep\n`);
  });

  test.each([
    ["another class", "edge-critical", "priorityClassName: edge-critical\n"],
    ["no class", '""', 'priorityClassName: ""\n'],
  ])("sets %s from the pod's annotation, and removes the annotation", (_, value, expected) => {
    const pod = `  template:\n    metadata:\n      annotations:\n        a: b\n        tailnet-edge/priority-class: ${value}\n    spec:\n`;
    const rendered = postRender(`kind: Deployment\nmetadata:\n  name: operator\nspec:\n${pod}      c: d\n`);
    expect(rendered).toContain("        a: b\n    spec:\n      c: d\n");
    expect(rendered).toContain(expected);
  });

  test("is idempotent", () => {
    const once = postRender(OPERATOR);
    expect(postRender(once)).toBe(once);
  });

  test.each(["", "kind: Deployment\nmetadata:\n  name: other\n"])(
    "rejects %j, which has no Deployment named operator",
    (chart) => {
      const message = "the chart has no Deployment named operator, so its priority class cannot be set";
      expect(() => postRender(chart)).toThrow(new Error(message));
    },
  );

  test("rejects invalid YAML", () => {
    expect(() => postRender('a: "b')).toThrow(/^the chart rendered invalid YAML: /);
  });
});
