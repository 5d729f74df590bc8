import { expect, test } from "vitest";
import { fqdnMismatch } from "../../../components/operator/fqdn-mismatch.ts";

const EXPECTED = "ozilab-edge.tail1234.ts.net";
const NAMING = {
  consequence: "public hostnames follow the given name and keep working",
  object: "the Ingress traefik/ozilab-edge",
};

test("the name asked for is none to speak of", () => {
  expect(fqdnMismatch(EXPECTED, EXPECTED, NAMING)).toBeUndefined();
});

test("another name in the same tailnet: somebody holds the one asked for", () => {
  expect(fqdnMismatch(EXPECTED, "ozilab-edge-1.tail1234.ts.net", NAMING)?.split("\n")).toEqual([
    `the tailnet calls the device ozilab-edge-1.tail1234.ts.net, and not ${EXPECTED}: another machine holds that name`,
    `public hostnames follow the given name and keep working; whoever opens ${EXPECTED} reaches the other machine`,
    "to get the name back, remove the machine ozilab-edge on the Machines page of the Tailscale admin console, delete the Ingress traefik/ozilab-edge, and run pulumi up --refresh",
  ]);
});

test.each(["ozilab-edge.tail99.ts.net", "ozilab-edge.xtail1234.ts.net", "ozilab-edge"])(
  "%s is in another tailnet",
  (given) => {
    expect(fqdnMismatch(EXPECTED, given, NAMING)?.split("\n")).toEqual([
      `the tailnet calls the device ${given}, and not ${EXPECTED}: it is in another tailnet than the one configured`,
      "set tailnet-edge:tailnet.name to that tailnet's DNS name, or give the stack a credential of the right tailnet",
    ]);
  },
);
