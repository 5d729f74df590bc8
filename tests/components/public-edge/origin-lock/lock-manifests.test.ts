import { expect, test } from "vitest";
import {
  LOCK_PRIORITY,
  lockManifest,
  type LockPlace,
  lockRule,
  refuseManifest,
} from "../../../../components/public-edge/origin-lock/lock-manifests.ts";

const PLACE: LockPlace = { namespace: "traefik", name: "edge-lock", entryPoints: [], tls: true };
const annotations = { "pulumi.com/patchForce": "true" };

test("refuses requests from Funnel without one of the secrets, before every other router", () => {
  expect(lockManifest(PLACE, lockRule(["aa", "bb"]))).toEqual({
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: { name: "edge-lock", namespace: "traefik", annotations },
    spec: {
      routes: [
        {
          kind: "Rule",
          match:
            "HeaderRegexp(`Tailscale-Funnel-Request`, `.*`) && !Header(`tailnet-edge-lock`, `aa`) && !Header(`tailnet-edge-lock`, `bb`)",
          syntax: "v3",
          priority: 2_147_482_647,
          middlewares: [{ name: "edge-lock-refuse" }],
          services: [{ kind: "TraefikService", name: "noop@internal" }],
        },
      ],
      tls: {},
    },
  });
});

test("refuses by a middleware that allows one address, which no request comes from", () => {
  expect(refuseManifest(PLACE)).toEqual({
    apiVersion: "traefik.io/v1alpha1",
    kind: "Middleware",
    metadata: { name: "edge-lock-refuse", namespace: "traefik", annotations },
    spec: { ipAllowList: { sourceRange: ["255.255.255.255/32"] } },
  });
});

test("has the entry points and the class that Traefik needs", () => {
  const place = { ...PLACE, tls: false, entryPoints: ["a", "b"], ingressClass: "internal" };
  const classed = { ...annotations, "kubernetes.io/ingress.class": "internal" };
  const { metadata, spec } = lockManifest(place, "rule");
  expect(metadata.annotations).toEqual(classed);
  expect(refuseManifest(place).metadata.annotations).toEqual(classed);
  expect(spec).toMatchObject({ entryPoints: ["a", "b"] });
  expect(spec).not.toHaveProperty("tls");
});

test("has a priority that a 32-bit Traefik accepts", () => {
  expect(LOCK_PRIORITY).toBe(2 ** 31 - 1001);
});
