import { describe, expect, test } from "vitest";
import { incidents } from "../../../../../sandbox/providers/incidents.ts";
import { operatorPods } from "../../../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { credentials } from "../../../../../sandbox/providers/tailscale/tailnet.ts";
import { deviceNames } from "../../../device-names.ts";
import { failuresOf, stepsOf } from "../../../inline-project.ts";
import { ingress, namespace, operatorProject, operatorSecret, release, stack } from "../operator-project.ts";

const project = await operatorProject();

describe("the operator", () => {
  test("does not start without its Secret, and the release reports it", async () => {
    const run = await project.up(() => {
      release({}, [namespace()]);
    });
    expect(failuresOf(run).join("\n")).toContain(
      'context deadline exceeded: operator pod: MountVolume.SetUp failed for volume "oauth": secret "operator-oauth" not found',
    );
  });

  test("is rejected by a restricted namespace", async () => {
    const run = await project.up(stack({ level: "restricted" }));
    expect(failuresOf(run).join("\n")).toContain('violates PodSecurity "restricted:latest"');
  });

  test("reads its credential only at start, and restarts only when its pod template changes", async () => {
    const starts = () =>
      project.withWorld((world) =>
        operatorPods(world)
          .values()
          .map((pod) => [pod.starts, pod.login?.credentialId]),
      );
    await project.up(stack());
    expect(starts()).toEqual([[1, "good"]]);
    expect(stepsOf(await project.up(stack({ client: "next" })))).toEqual(["update credentials"]);
    expect(starts()).toEqual([[1, "good"]]);
    await project.up(stack({ client: "next", annotation: "2" }));
    expect(starts()).toEqual([[2, "next"]]);
    expect(project.withWorld((world) => incidents(world).values())).toEqual([]);
    expect(project.withWorld(deviceNames)).toEqual(["edge", "op"]);
  });

  test("with a revoked credential is an incident, and cannot remove the finalizers of exposed objects", async () => {
    await project.up(stack());
    project.withWorld((world) => {
      credentials(world).delete("good");
    });
    const run = await project.up(() => {
      const space = namespace();
      release({ operatorConfig: { hostname: "op", podAnnotations: { fingerprint: "1" } } }, [
        operatorSecret("good", "good-secret", space),
      ]);
    });
    expect(failuresOf(run).join("\n")).toContain("no operator removed finalizer tailscale.com/finalizer");
    expect(project.withWorld((world) => incidents(world).values())).toEqual([
      "operator in tailscale runs with the revoked credential good",
    ]);
  });

  test("that is deleted first leaves finalizers until it is installed again", async () => {
    await project.up(stack());
    const run = await project.up(() => {
      const space = namespace();
      operatorSecret("good", "good-secret", space);
      ingress("edge", []);
    });
    expect(run.ok).toBe(true);
    const stuck = await project.up(() => {
      namespace();
    });
    expect(failuresOf(stuck).join("\n")).toContain(
      'ingresses.networking.k8s.io "edge" was not deleted: no operator removed finalizer',
    );
    // The new operator removes the finalizer of the deleted Ingress, although the program declares it again.
    await project.up(stack());
    expect(stepsOf(await project.refresh())).toEqual(["delete edge"]);
    expect(stepsOf(await project.up(stack()))).toEqual(["create edge"]);
  });
});
