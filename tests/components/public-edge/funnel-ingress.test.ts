import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { log, ResourceError } from "@pulumi/pulumi";
import { afterEach, expect, test, vi } from "vitest";
import { fqdnMismatch } from "../../../components/operator/fqdn-mismatch.ts";
import { FunnelIngress } from "../../../components/public-edge/funnel-ingress.ts";
import { funnelManifest } from "../../../components/public-edge/funnel-manifest.ts";
import { UNKNOWN } from "../../../plan/recording/decode.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import { recordProgram, STACK_URN, urnOf } from "../../support/recording.ts";

const EXPECTED = "ozilab-edge.tail1234.ts.net";
const BACKEND = { namespace: "traefik", service: "traefik", port: 443 };
const NAMING = {
  consequence: "public hostnames follow the assigned name and keep working",
  object: "the Ingress traefik/ozilab-edge",
};
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";

const OPERATOR = urnOf("kubernetes:core/v1:ConfigMap", "operator");

const recordFunnel = (answers?: MockAnswers, preview?: boolean) =>
  recordProgram(
    () => {
      const operator = new ConfigMap("operator");
      const { fqdn } = new FunnelIngress(
        "funnel",
        { hostname: "ozilab-edge", expected: EXPECTED, tags: ["tag:k8s"], backend: BACKEND },
        { dependsOn: operator },
      );
      return { fqdn };
    },
    answers,
    preview,
  );

/** A cluster whose Ingress has this status. */
const withStatus = (status: object): MockAnswers => ({
  newResource: ({ type }) =>
    type === INGRESS ? { id: "traefik/ozilab-edge", state: { status } } : undefined,
});
const assigned = (hostname: string) => withStatus({ loadBalancer: { ingress: [{ hostname }] } });

const warn = vi.spyOn(log, "warn").mockResolvedValue(undefined);
afterEach(() => {
  warn.mockClear();
});

test("creates one Ingress with the component's dependencies; its name is unknown before the first update", async () => {
  const { resources, outputs } = await recordFunnel();
  const funnel = urnOf("tailnet-edge:exposure:FunnelIngress", "funnel");
  expect(outputs).toEqual({ fqdn: UNKNOWN });
  expect(resources.map(({ urn, parent }) => [urn, parent])).toEqual([
    [STACK_URN, undefined],
    [OPERATOR, STACK_URN],
    [funnel, STACK_URN],
    [urnOf(`tailnet-edge:exposure:FunnelIngress$${INGRESS}`, "funnel"), funnel],
  ]);
  const ingress = resources.at(-1);
  expect(ingress?.dependsOn).toEqual([OPERATOR]);
  expect(ingress?.options).toMatchObject({ deleteBeforeReplace: true, replaceOnChanges: ["spec.tls"] });
  expect(ingress?.inputs).toEqual({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    ...funnelManifest({ hostname: "ozilab-edge", tags: ["tag:k8s"], backend: BACKEND }),
  });
});

test("takes the name from the status, and is silent when it is the requested one", async () => {
  const { outputs } = await recordFunnel(assigned(EXPECTED));
  expect([outputs, warn.mock.calls]).toEqual([{ fqdn: EXPECTED }, []]);
});

test.each(["ozilab-edge-1.tail1234.ts.net", "ozilab-edge.tail99.ts.net"])(
  "warns once of another name, %s, with the fix, and uses that name",
  async (given) => {
    const { outputs } = await recordFunnel(assigned(given));
    expect(outputs).toEqual({ fqdn: given });
    expect(warn.mock.calls.map(([message]) => message)).toEqual([fqdnMismatch(EXPECTED, given, NAMING)]);
  },
);

const WITHOUT_HOSTNAME = [
  { loadBalancer: {} },
  { loadBalancer: { ingress: [] } },
  { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } },
];
const MESSAGE = [
  "the Ingress traefik/ozilab-edge has no hostname in its status, so its address is unknown",
  "the operator sets it once the proxy has joined the tailnet: make explain STACK=test names what prevents it",
];

test.each(WITHOUT_HOSTNAME)(
  "fails an update that ends with the status %j, and says where to look",
  async (status) => {
    const error: unknown = await recordFunnel(withStatus(status), false).catch((thrown: unknown) => thrown);
    if (!ResourceError.isInstance(error)) throw error;
    expect(error.message.split("\n")).toEqual(MESSAGE);
  },
);

test.each(WITHOUT_HOSTNAME)(
  "continues a preview with the requested name when a failed update left the status %j",
  async (status) => {
    const { outputs } = await recordFunnel(withStatus(status));
    expect(outputs).toEqual({ fqdn: EXPECTED });
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      [...MESSAGE, `this preview assumes ${EXPECTED}`].join("\n"),
    ]);
  },
);
