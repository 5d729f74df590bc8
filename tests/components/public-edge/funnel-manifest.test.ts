import { expect, test } from "vitest";
import { funnelManifest } from "../../../components/public-edge/funnel-manifest.ts";

test("gives the Ingress another name than the device where one is set", () => {
  const backend = { namespace: "traefik", service: "traefik", port: 443 };
  const { metadata, spec } = funnelManifest({
    hostname: "edge",
    ingressName: "funnel",
    tags: ["tag:k8s"],
    backend,
  });
  expect([metadata.name, spec.tls]).toEqual(["funnel", [{ hosts: ["edge"] }]]);
});

test("builds an Ingress with its name in tls and a default backend, without rules or a hostname annotation", () => {
  const backend = { namespace: "traefik", service: "traefik-web", port: 443 };
  expect(funnelManifest({ hostname: "ozilab-edge", tags: ["tag:k8s", "tag:edge"], backend })).toEqual({
    metadata: {
      name: "ozilab-edge",
      namespace: "traefik",
      annotations: { "tailscale.com/funnel": "true", "tailscale.com/tags": "tag:k8s,tag:edge" },
    },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: ["ozilab-edge"] }],
      defaultBackend: { service: { name: "traefik-web", port: { number: 443 } } },
    },
  });
});
