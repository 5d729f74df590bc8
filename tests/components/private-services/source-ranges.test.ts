import { describe, expect, test } from "vitest";
import { sourceRangesIssues } from "../../../components/private-services/source-ranges.ts";
import { dashboard } from "../../support/private-services.ts";

describe("a backing Service", () => {
  test("without source ranges has no issue", () => {
    expect(sourceRangesIssues(dashboard, "pgadmin", { spec: {}, annotations: undefined })).toEqual([]);
    const live = { spec: { loadBalancerSourceRanges: [] }, annotations: { other: "1" } };
    expect(sourceRangesIssues(dashboard, "pgadmin", live)).toEqual([]);
  });

  test("with source ranges in its spec or in the annotation is rejected with all of them", () => {
    const [inAnnotation] = sourceRangesIssues(dashboard, "pgadmin", {
      spec: {},
      annotations: { "service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8" },
    });
    expect(inAnnotation?.found).toBe(
      "the Service db-tools/pgadmin with the annotation service.beta.kubernetes.io/load-balancer-source-ranges: 10.0.0.0/8",
    );
    const live = {
      spec: { loadBalancerSourceRanges: ["10.0.0.0/8", "192.168.1.0/24"] },
      annotations: { "service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8" },
    };
    expect(sourceRangesIssues(dashboard, "pgadmin", live)).toEqual([
      {
        path: "privateServices: pgadmin",
        found:
          "the Service db-tools/pgadmin with loadBalancerSourceRanges: [10.0.0.0/8, 192.168.1.0/24] and the annotation service.beta.kubernetes.io/load-balancer-source-ranges: 10.0.0.0/8",
        allowed: "a Service without source ranges: Kubernetes allows them for type LoadBalancer only",
        fix: "remove the source ranges where the Service is defined, then set phase: tailnet",
      },
    ]);
  });
});
