import { expect, test } from "vitest";
import { dnsConfigManifest } from "../../../components/cluster-dns/dns-config.ts";

test("the nameserver has a pinned image and a fixed address", () => {
  const image = "tailscale/k8s-nameserver:v1.2.3";
  expect(dnsConfigManifest({ image, clusterIP: "10.43.0.53" })).toEqual({
    apiVersion: "tailscale.com/v1alpha1",
    kind: "DNSConfig",
    metadata: { name: "ts-dns", annotations: { "pulumi.com/waitFor": "condition=NameserverReady" } },
    spec: {
      nameserver: {
        image: { repo: "tailscale/k8s-nameserver", tag: "v1.2.3" },
        service: { clusterIP: "10.43.0.53" },
      },
    },
  });
});

const digest = `sha256:${"0".repeat(64)}`;
test.each([
  ["localhost:5000/nameserver:1.2.3", "localhost:5000/nameserver", "1.2.3"],
  [`nameserver:v1.2.3@${digest}`, "nameserver", `v1.2.3@${digest}`],
])("splits the image %s into repository and version", (image, repo, tag) => {
  expect(dnsConfigManifest({ image, clusterIP: "10.43.0.53" }).spec.nameserver.image).toEqual({ repo, tag });
});
