import { expect, test } from "vitest";
import { fqdnMismatch } from "../../../components/operator/fqdn-mismatch.ts";

const EXPECTED = "ozilab-edge.tail1234.ts.net";
const CONTEXT = {
  consequence: "public hostnames use the assigned name and keep working",
  object: "the Ingress traefik/ozilab-edge",
};

test("the requested name gives no warning", () => {
  expect(fqdnMismatch(EXPECTED, EXPECTED, CONTEXT)).toBeUndefined();
});

test("a different name in the same tailnet means that another machine has the requested one", () => {
  expect(fqdnMismatch(EXPECTED, "ozilab-edge-1.tail1234.ts.net", CONTEXT)?.split("\n")).toEqual([
    `the device is named ozilab-edge-1.tail1234.ts.net, not ${EXPECTED}: another machine has that name`,
    `public hostnames use the assigned name and keep working; whoever opens ${EXPECTED} reaches the other machine`,
    "to get the name back, remove the machine ozilab-edge on the Machines page of the Tailscale admin console, delete the Ingress traefik/ozilab-edge, and run pulumi up --refresh",
  ]);
});

test.each(["ozilab-edge.tail99.ts.net", "ozilab-edge.xtail1234.ts.net", "ozilab-edge"])(
  "%s is in another tailnet",
  (assigned) => {
    expect(fqdnMismatch(EXPECTED, assigned, CONTEXT)?.split("\n")).toEqual([
      `the device is named ${assigned}, not ${EXPECTED}: it is in another tailnet than the configured one`,
      "set tailnet-edge:tailnet.name to that tailnet's DNS name, or use credentials of the configured tailnet",
    ]);
  },
);
