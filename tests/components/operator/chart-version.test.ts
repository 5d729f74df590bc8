import { expect, test } from "vitest";
import { nameserverImage } from "../../../components/operator/chart-version.ts";

test.each([
  ["1.2.3", "tailscale/k8s-nameserver:v1.2.3"],
  ["1.2.3-rc.1", "tailscale/k8s-nameserver:v1.2.3-rc.1"],
  ["1.2.3+mirror.1", "tailscale/k8s-nameserver:v1.2.3"],
])("chart %s comes with the nameserver %s", (version, image) => {
  expect(nameserverImage(version)).toBe(image);
});
