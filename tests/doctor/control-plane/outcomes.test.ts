import { expect, test } from "vitest";
import { certificateOutcome } from "../../../doctor/control-plane/certificate.ts";
import { exposedOutcome } from "../../../doctor/control-plane/exposed-object.ts";
import { deploymentOutcome, loginOutcome } from "../../../doctor/control-plane/operator.ts";
import { policyOutcomes } from "../../../doctor/control-plane/policy.ts";
import { ofExposed, ofOperator } from "../../../doctor/control-plane/readings.ts";
import { operatorKey, secretOutcome } from "../../../doctor/control-plane/secret.ts";
import { httpsOutcome, magicDnsOutcome } from "../../../doctor/control-plane/settings.ts";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import type { TailscaleDevice } from "../../../live/tailscale-shapes.ts";
import { createAuthority } from "../../../tools/worker-lab/certificates.ts";
import { diagnosis } from "../diagnosis.ts";

const object = (kind: string, fields: object): LiveObject => ({
  ...{ apiVersion: "v1", kind, metadata: { name: "x", namespace: "tailscale" } },
  ...fields,
});
const secret = (values: Readonly<Record<string, string>>) =>
  object("Secret", {
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    ),
  });

test("a Secret is missing, lacks a key, or has white space; its values are never shown", () => {
  const of = (found: LiveObject | undefined) => diagnosis(secretOutcome(found, "tailscale/operator-oauth"));
  const all = [
    of(undefined),
    of(secret({ client_id: "id-hidden", client_secret: "" })),
    of(secret({})),
    of(object("Secret", {})),
    of(secret({ client_id: "id-hidden", client_secret: "key-hidden\n" })),
    of(secret({ client_id: " id-hidden", client_secret: "key-hidden " })),
    of(secret({ client_id: "id-hidden", client_secret: "key-hidden" })),
  ];
  expect(all).toEqual([
    "secret-missing: no Secret tailscale/operator-oauth",
    "secret-key-missing: tailscale/operator-oauth lacks client_secret",
    "secret-key-missing: tailscale/operator-oauth lacks client_id and client_secret",
    "secret-key-missing: tailscale/operator-oauth lacks client_id and client_secret",
    "secret-has-whitespace: client_secret of tailscale/operator-oauth",
    "secret-has-whitespace: client_id and client_secret of tailscale/operator-oauth",
    "ok: client_id and client_secret, without surrounding white space",
  ]);
  expect(all.join()).not.toContain("hidden");
});

test("the operator's key pair is used as the operator uses it, white space included", () => {
  expect(operatorKey(secret({ client_id: "id", client_secret: "key\n" }))).toEqual({
    ...{ clientId: "id", clientSecret: "key\n" },
  });
  expect([operatorKey(undefined), operatorKey(secret({ client_id: "id" }))]).toEqual([undefined, undefined]);
});

test("a policy is compared with what the stack needs, section by section", () => {
  const topology = {
    ...{ operatorTag: "tag:k8s-operator", defaultProxyTags: ["tag:k8s"] },
    exposures: [
      { name: "edge", tags: ["tag:k8s"], ports: [443], allowFrom: ["autogroup:member"], funnel: true },
    ],
  };
  const of = (policy: string) => Object.values(policyOutcomes(topology, policy)).map(diagnosis);
  const complete = {
    tagOwners: { "tag:k8s-operator": [], "tag:k8s": ["tag:k8s-operator"] },
    nodeAttrs: [{ target: ["tag:k8s"], attr: ["funnel"] }],
    grants: [{ src: ["autogroup:member"], dst: ["tag:k8s"], ip: ["tcp:443"] }],
  };
  const owners = "tag:k8s, tag:k8s-operator have their owners";
  const tests = "ok: all 1 tests of the stack pass";
  expect(of(JSON.stringify(complete))).toEqual([
    ...["ok: it can be parsed", `ok: ${owners}`, "ok: tag:k8s may use Funnel", "ok: all 1 grants", tests],
  ]);
  expect(of("{}")).toEqual([
    "ok: it can be parsed",
    "tag-without-owner: tag:k8s lacks the owner tag:k8s-operator; tag:k8s-operator is not defined",
    "funnel-not-allowed: no nodeAttr funnel for tag:k8s",
    "access-not-granted: autogroup:member to tag:k8s on tcp:443",
    tests,
  ]);
  // Members only: the proxy is a tagged device (tailscale #11849).
  const members = { ...complete, nodeAttrs: [{ target: ["autogroup:member"], attr: ["funnel"] }] };
  expect(of(JSON.stringify(members))[2]).toBe("funnel-not-allowed: no nodeAttr funnel for tag:k8s");
  const open = { ...complete, acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }] };
  expect(of(JSON.stringify(open))[4]).toMatch(/^policy-tests-fail: the live policy: acls\[0\]: \* → \*:\*/);
  expect(of("{").slice(1)).toEqual(Array(4).fill("unknown: the policy cannot be parsed"));
  expect(of("{")[0]).toMatch(/^policy-unreadable: the live policy/);
});

test("a setting that the credential may not read is not taken for off", () => {
  expect([
    diagnosis(magicDnsOutcome(true)),
    diagnosis(magicDnsOutcome(false)),
    diagnosis(httpsOutcome({ httpsEnabled: true })),
    diagnosis(httpsOutcome({ httpsEnabled: false })),
    diagnosis(httpsOutcome({})),
  ]).toEqual([
    "ok: on",
    "magicdns-off: off",
    "ok: on",
    "https-off: off",
    "unknown: the answer has no httpsEnabled: it needs networking_settings:read",
  ]);
});

test.each([
  ["is in pending-install: an update was killed while Helm ran", "release-interrupted"],
  ['FailedCreate: pods "x" is forbidden: violates PodSecurity "baseline:latest"', "pod-security-refused"],
  ['FailedMount: secret "operator-oauth" not found', "secret-missing"],
  ["InvalidOAuth: GET vip-services: 404", "scope-missing"],
  ["ImagePullBackOff: back-off pulling image", "image-not-pulled"],
  ["FailedScheduling: 0/1 nodes: Insufficient memory", "no-room-for-pod"],
  ["CrashLoopBackOff: ; it ended with status 1", "operator-not-available"],
])("an operator that is not available because of %s has the cause %s", (what, cause) => {
  const deployment = object("Deployment", { status: {} });
  const outcome = deploymentOutcome(deployment, "tailscale/operator", [
    { where: "Pod tailscale/operator-1", what },
  ]);
  expect(diagnosis(outcome)).toBe(
    `${cause}: tailscale/operator has no available pod; Pod tailscale/operator-1: ${what}`,
  );
});

test("a Deployment is missing or available, and a known cause wins over an unknown one", () => {
  const of = (deployment: LiveObject | undefined, ...whats: string[]) =>
    diagnosis(
      deploymentOutcome(
        deployment,
        "tailscale/operator",
        whats.map((what) => ({ where: "Pod x", what })),
      ),
    );
  expect([
    of(undefined),
    of(object("Deployment", { status: { availableReplicas: 1 } }), "ErrImagePull: before"),
    of(object("Deployment", {}), "BackOff: restarting", "ErrImagePull: x"),
  ]).toEqual([
    "operator-missing: no Deployment tailscale/operator",
    "ok: 1 available",
    "image-not-pulled: tailscale/operator has no available pod; Pod x: ErrImagePull: x",
  ]);
});

test("the operator is logged in if its device with its tag is connected", () => {
  const device = (fields: Partial<TailscaleDevice>): TailscaleDevice => ({
    ...{ name: "op.tail1234.ts.net", hostname: "op", addresses: [], tags: ["tag:k8s-operator"] },
    ...fields,
  });
  const of = (...devices: TailscaleDevice[]) =>
    diagnosis(loginOutcome(devices, { hostname: "op", tag: "tag:k8s-operator" }, []));
  const longAgo = "2020-01-01T00:00:00Z";
  expect([
    of(device({ connectedToControl: true, lastSeen: longAgo })),
    of(device({})),
    of(device({ lastSeen: new Date().toISOString() })),
    of(device({ connectedToControl: false }), device({ name: "op-1.tail1234.ts.net" })),
    of(device({ connectedToControl: false, lastSeen: longAgo })),
    of(device({ lastSeen: longAgo })),
    of(device({ tags: ["tag:other"] }), device({ hostname: "op2" })),
  ]).toEqual([
    "ok: op.tail1234.ts.net is connected",
    "ok: op.tail1234.ts.net is connected",
    "ok: op.tail1234.ts.net is connected",
    "ok: op-1.tail1234.ts.net is connected",
    `operator-not-logged-in: op.tail1234.ts.net was last seen at ${longAgo}`,
    `operator-not-logged-in: op.tail1234.ts.net was last seen at ${longAgo}`,
    "operator-not-logged-in: no device with the hostname op and the tag tag:k8s-operator",
  ]);
});

test("an exposed object is missing, has no name yet, another name, or the expected one", () => {
  const wanted = {
    ...({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", namespace: "traefik", name: "edge" } as const),
    ...{ expected: "edge.tail1234.ts.net", hasCertificate: true },
  };
  const named = (hostname?: string) =>
    object("Ingress", { status: { loadBalancer: { ingress: [{ ip: "100.64.0.1" }, { hostname }] } } });
  const of = (live: LiveObject | undefined, recorded?: string, ...whats: string[]) =>
    diagnosis(
      exposedOutcome(
        { ...wanted, recorded },
        live,
        whats.map((what) => ({ where: "Ingress x", what })),
      ),
    );
  expect([
    of(undefined),
    of(named()),
    of(named(), undefined, "HTTPSNotEnabled: HTTPS is not enabled"),
    of(named(), undefined, "NoValidBackends: no valid backends"),
    of(named("edge-1.tail1234.ts.net"), "edge-1.tail1234.ts.net"),
    of(named("edge.other.ts.net")),
    of(named("edge.tail1234.ts.net"), "edge-1.tail1234.ts.net"),
    of(named("edge.tail1234.ts.net"), "edge.tail1234.ts.net"),
    of(named("edge.tail1234.ts.net")),
  ]).toEqual([
    "exposed-object-missing: no Ingress traefik/edge",
    "name-not-assigned: Ingress traefik/edge has no hostname in its status",
    "https-off: Ingress traefik/edge has no hostname in its status; Ingress x: HTTPSNotEnabled: HTTPS is not enabled",
    "backend-missing: Ingress traefik/edge has no hostname in its status; Ingress x: NoValidBackends: no valid backends",
    "name-taken: Ingress traefik/edge is named edge-1.tail1234.ts.net, not edge.tail1234.ts.net",
    "other-tailnet: Ingress traefik/edge is named edge.other.ts.net, not edge.tail1234.ts.net",
    "outputs-outdated: Ingress traefik/edge is named edge.tail1234.ts.net; the stack's outputs say edge-1.tail1234.ts.net",
    "ok: edge.tail1234.ts.net",
    "ok: edge.tail1234.ts.net",
  ]);
});

test("what the cluster shows is sorted to the operator and to each exposed object", () => {
  const shown = [
    "release tailscale-operator",
    "Pod tailscale/operator-abc",
    "Pod tailscale/ts-edge-x1-0",
    "StatefulSet tailscale/ts-edge-x1",
    "StatefulSet tailscale/ts-edge2-x1",
    "Ingress traefik/edge",
    "Ingress traefik/edge2",
  ].map((where) => ({ where, what: "Failed: x" }));
  const nameless = { where: "Ingress traefik/edge", what: "has no name of the tailnet in its status" };
  expect(ofOperator(shown).map(({ where }) => where)).toEqual(shown.slice(0, 2).map(({ where }) => where));
  const edge = { kind: "Ingress", namespace: "traefik", name: "edge" };
  expect(ofExposed([nameless, ...shown], edge)).toEqual([shown[2], shown[3], shown[5]]);
});

test("a certificate is not issued, expires, has expired, or has days left", async () => {
  const fqdn = "edge.tail1234.ts.net";
  const authority = await createAuthority("test");
  const at = (days: number) => new Date(Date.now() + days * 86_400_000);
  const day = (days: number) => at(days).toISOString().slice(0, 10);
  const of = async (days: number) => {
    const { cert } = await authority.issue(fqdn, { from: at(-90), until: at(days) });
    return diagnosis(certificateOutcome([secret({}), secret({ [`${fqdn}.crt`]: cert })], fqdn));
  };
  expect(await of(60.5)).toBe(`ok: 60 days left, until ${day(60.5)}`);
  expect(await of(14.5)).toBe(`ok: 14 days left, until ${day(14.5)}`);
  expect(await of(13.5)).toBe(`certificate-expires: 13 days left, until ${day(13.5)}`);
  expect(await of(-1.5)).toBe(`certificate-expires: expired on ${day(-1.5)}`);
  expect(diagnosis(certificateOutcome([secret({ [`${fqdn}.key`]: "hidden" })], fqdn))).toBe(
    `unknown: no certificate for ${fqdn} in the proxy's Secret: it is issued at the first request`,
  );
  expect(diagnosis(certificateOutcome([secret({ [`${fqdn}.crt`]: "hidden" })], fqdn))).toBe(
    `unknown: the certificate of ${fqdn} in the proxy's Secret cannot be read`,
  );
});
