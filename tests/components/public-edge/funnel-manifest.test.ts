import { expect, test } from "vitest";
import { funnelManifest } from "../../../components/public-edge/funnel-manifest.ts";

test("builds an Ingress with its name in tls and a default backend, without rules or a hostname annotation", () => {
  const backend = { namespace: "traefik", service: "traefik-web", port: 443 };
  expect(funnelManifest("ozilab-edge", ["tag:k8s", "tag:edge"], backend)).toEqual({
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
