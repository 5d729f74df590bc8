import { expect, test } from "vitest";
import { parse } from "yaml";
import { podStackFile } from "../../../doctor/cronjob/stack-file.ts";

test("the pod's file has no ciphertext, no encrypted credential, and no kubeconfig", () => {
  const text = podStackFile(`
encryptionsalt: v1:salt
config:
  kubernetes:context: home
  kubernetes:kubeconfig: { secure: v1:kube }
  tailscale:apiKey: { secure: v1:key }
  tailscale:tailnet: example.com
  cloudflare:apiToken: { secure: v1:token }
  tailnet-edge:operatorClientSecret: { secure: v1:client }
  tailnet-edge:operator: { hostname: edge, list: [{ token: { secure: v1:nested } }] }
`);
  expect(text).not.toContain("v1:");
  expect(parse(text)).toEqual({
    config: {
      "tailscale:tailnet": "example.com",
      "tailnet-edge:operatorClientSecret": { secure: "left out" },
      "tailnet-edge:operator": { hostname: "edge", list: [{ token: { secure: "left out" } }] },
    },
  });
});
