import { describe, expect, test } from "vitest";
import { objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { operatorPods } from "../../../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { changeTailnet, devices, joinDevice } from "../../../../../sandbox/providers/tailscale/tailnet.ts";
import { valueAt } from "../../../../../sandbox/providers/values.ts";
import { deviceNames } from "../../../device-names.ts";
import { failuresOf, stepsOf } from "../../../inline-project.ts";
import { ingress, namespace, operatorProject, operatorSecret, release, stack } from "../operator-project.ts";

const project = await operatorProject();

const status = () => project.withWorld((world) => objects(world).get("Ingress traefik/edge")?.status);

describe("an Ingress", () => {
  test("gets its name from a running operator, and destroy leaves only the operator's device", async () => {
    const before = project.withWorld((world) => [...objects(world)].map(([key]) => key));
    expect(stepsOf(await project.up(stack()))).toEqual([
      "create credentials",
      "create edge",
      "create namespace",
      "create release",
    ]);
    expect(status()).toEqual({
      loadBalancer: {
        ingress: [{ hostname: "edge.tail1234.ts.net", ports: [{ port: 443, protocol: "TCP" }] }],
      },
    });
    expect(project.withWorld(deviceNames)).toEqual(["edge", "op"]);
    expect(project.session.stateText()).not.toContain("good-secret");
    expect(stepsOf(await project.up(stack()))).toEqual([]);
    expect(stepsOf(await project.refresh())).toEqual([]);
    expect((await project.destroy()).ok).toBe(true);
    expect(project.withWorld((world) => [...objects(world)].map(([key]) => key))).toEqual(before);
    expect(project.withWorld(deviceNames)).toEqual(["op"]);
  });

  test("gets a name with the suffix -1 if a device has its name, and keeps it without that device", async () => {
    const old = project.withWorld((world) =>
      joinDevice(world, { name: "edge", tags: [], owner: "an old machine" }),
    );
    await project.up(stack());
    expect(project.withWorld(deviceNames)).toEqual(["edge", "edge-1", "op"]);
    expect(JSON.stringify(status())).toContain("edge-1.tail1234.ts.net");
    project.withWorld((world) => {
      devices(world).delete(old);
    });
    await project.refresh();
    expect(project.withWorld(deviceNames)).toEqual(["edge-1", "op"]);
  });

  test("keeps the old name in its status until its proxy has taken the requested one", async () => {
    const requesting = (hostname: string) => () => {
      const operator = release({ operatorConfig: { hostname: "op" } }, [
        operatorSecret("good", "good-secret", namespace()),
      ]);
      ingress("edge", [operator], { tls: [{ hosts: [hostname] }] });
    };
    const hostname = () => valueAt(status(), ["loadBalancer", "ingress", 0, "hostname"]);
    await project.up(requesting("edge"));
    expect(stepsOf(await project.up(requesting("shop")))).toEqual(["update edge"]);
    expect([hostname(), project.withWorld(deviceNames)]).toEqual(["edge.tail1234.ts.net", ["edge", "op"]]);
    await project.refresh();
    expect([hostname(), project.withWorld(deviceNames)]).toEqual(["shop.tail1234.ts.net", ["op", "shop"]]);
  });

  test("gets no name with tags, a backend, privileges or a class that are not allowed", async () => {
    const forwarded = "tailscale.com/experimental-forward-cluster-traffic-via-ingress";
    const run = await project.up(
      () => {
        const operator = release({}, [operatorSecret("good", "good-secret", namespace("baseline"))]);
        ingress("tags", [operator], {}, { "tailscale.com/tags": "tag:other" });
        ingress("backend", [operator], {
          defaultBackend: { service: { name: "lost", port: { number: 443 } } },
        });
        ingress("privileged", [operator], {}, { [forwarded]: "true" });
        ingress("class", [operator], { ingressClassName: "nginx" });
      },
      { continueOnError: true },
    );
    const unset = "Ingress .status.loadBalancer field was not updated with a hostname/IP address";
    const because = {
      backend: " (NoValidBackends: no valid backends)",
      class: "",
      privileged: ' (FailedCreate: pods is forbidden: violates PodSecurity "baseline:latest": privileged)',
      tags: " (failed to provision: requested tags [tag:other] are invalid or not permitted)",
    };
    expect(failuresOf(run)).toEqual(
      Object.entries(because).map(
        ([name, reason]) =>
          `${name}: 1 error occurred:\n\t* ingresses.networking.k8s.io "${name}": ${unset}${reason}`,
      ),
    );
  });

  test.each([
    ["poor", "poor-secret", "InvalidOAuth: GET /tailnet/-/vip-services: 404 not found"],
    ["good", "good-secret\n", "creating operator authkey: 401 API token invalid"],
  ])("gets no name from an operator with the credential %s %j", async (client, secret, reason) => {
    const run = await project.up(stack({ client, secret }));
    expect(failuresOf(run).length).toBe(1);
    expect(failuresOf(run)[0]).toContain("Ingress .status.loadBalancer field was not updated");
    expect(
      project.withWorld((world) =>
        operatorPods(world)
          .values()
          .map((pod) => pod.reason),
      ),
    ).toEqual([reason]);
  });

  test.each(["https", "MagicDNS"])(
    "gets no name without %s in the tailnet, and recovers when it is enabled",
    async (missing) => {
      const broken = missing === "https" ? { settings: { httpsEnabled: false } } : { magicDns: false };
      project.withWorld((world) => {
        changeTailnet(world, broken);
      });
      expect(failuresOf(await project.up(stack())).join("\n")).toContain("HTTPSNotEnabled");
      project.withWorld((world) => {
        changeTailnet(world, { settings: { httpsEnabled: true }, magicDns: true });
      });
      const recovered = await project.up(stack());
      expect([recovered.ok, stepsOf(recovered)]).toEqual([true, ["update edge"]]);
    },
  );
});
