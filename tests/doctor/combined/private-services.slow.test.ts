import { afterAll, beforeAll, expect, test } from "vitest";
import { exposureOf } from "../../../components/private-services/private-service.ts";
import type { Target } from "../../../doctor/target/target.ts";
import { proxyDevices } from "../../../sandbox/providers/kubernetes/operator/proxies.ts";
import { proxyCertificates } from "../../../sandbox/providers/kubernetes/operator/proxy-certificate.ts";
import { changeTailnet, devices } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { httpsOff, podSecurity } from "../ozilab/operator-changes.ts";
import {
  type Endpoint,
  type PrivateNetwork,
  startPrivateNetwork,
  TAILNET,
} from "../private-services/private-lab.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "../sandbox-doctor.ts";
import { all, changeObject, policyWith, type WorldChange } from "../world-changes.ts";
import { connectionRoots, findings } from "./findings.ts";

let doctor: SandboxDoctor;
beforeAll(async () => {
  doctor = await sandboxDoctor("tazlab");
});
afterAll(() => doctor.remove());

const PGADMIN = `pgadmin.${TAILNET}`;
const INGRESS = "Ingress tazlab-db/pgadmin-tailnet";
const DATABASE_PORT = "100.101.1.1:5432";
const PGADMIN_PORT = "100.101.1.3:443";

/** What a machine of the tailnet and of the local network sees while everything is right. */
function healthyNetwork({ config }: Target): PrivateNetwork {
  const devicesOf = config.privateServices.map((service, index) => {
    const [fqdn, address] = [`${service.hostname}.${TAILNET}`, `100.101.1.${index + 1}`];
    const { protocol, ports } = exposureOf(service);
    return { fqdn, address, protocol, ports };
  });
  const endpoints = devicesOf.flatMap(({ fqdn, address, protocol, ports }): [string, Endpoint][] =>
    protocol === "https"
      ? [
          [
            `${address}:443`,
            { kind: "https", name: fqdn, respond: (_, response) => void response.end("page") },
          ],
        ]
      : ports.map((port) => [`${address}:${port}`, { kind: "tcp" }]),
  );
  return {
    magicDns: Object.fromEntries(devicesOf.map(({ fqdn, address }) => [fqdn, { addresses: [address] }])),
    publicDns: {},
    machineDns: {},
    endpoints: Object.fromEntries(endpoints),
    subnets: ["192.168.1.7/24"],
  };
}

const loseProxy: WorldChange = (world) => {
  devices(world).delete(proxyDevices(world).get(INGRESS) ?? "");
  proxyDevices(world).delete(INGRESS);
  changeObject(INGRESS, (object) => ({ ...object, status: {} }))(world);
};
const withEndpoint =
  (place: string, endpoint: Endpoint) =>
  (network: PrivateNetwork): PrivateNetwork => ({
    ...network,
    endpoints: { ...network.endpoints, [place]: endpoint },
  });
const withoutName = (network: PrivateNetwork): PrivateNetwork => ({
  ...network,
  magicDns: Object.fromEntries(Object.entries(network.magicDns ?? {}).filter(([name]) => name !== PGADMIN)),
});
const expired: Endpoint = {
  ...{ kind: "https", name: PGADMIN, validUntil: new Date(Date.now() - 3 * 24 * 60 * 60_000) },
  respond: (_, response) => void response.end("page"),
};

/** What is wrong, the only check that has a finding, what the APIs say, and what connections then show. */
const CASES: readonly (readonly [
  string,
  string,
  WorldChange,
  (network: PrivateNetwork) => PrivateNetwork,
])[] = [
  [
    "MagicDNS is off",
    "magicdns: magicdns-off",
    (world) => {
      changeTailnet(world, { magicDns: false });
    },
    (network) => ({ ...network, magicDns: {} }),
  ],
  [
    "a grant is missing",
    "policy/access: access-not-granted",
    policyWith((policy) => policy.replaceAll("tcp:5432", "tcp:5433")),
    withEndpoint(DATABASE_PORT, { kind: "drops" }),
  ],
  [
    "HTTPS is off, so the device has no certificate",
    "https: https-off",
    httpsOff,
    withEndpoint(PGADMIN_PORT, { kind: "not TLS" }),
  ],
  [
    "the certificate has expired",
    `certificate/${PGADMIN}: certificate-expires`,
    (world) => {
      proxyCertificates(world).set(PGADMIN, -3);
    },
    withEndpoint(PGADMIN_PORT, expired),
  ],
  [
    "Pod Security refuses the proxy's pod, so its device is gone",
    `name/${PGADMIN}: pod-security-refused`,
    all(podSecurity("restricted"), loseProxy),
    withoutName,
  ],
];

async function diagnose(world: WorldChange, change: (network: PrivateNetwork) => PrivateNetwork) {
  const { network, stop } = await startPrivateNetwork(change(healthyNetwork(doctor.target)));
  try {
    return await doctor.diagnose(world, { network });
  } finally {
    await stop();
  }
}

test("a healthy tazlab is healthy, from the operator's credential to the private services", async () => {
  const report = await diagnose(
    () => undefined,
    (same) => same,
  );
  expect(notOk(report)).toEqual([]);
  expect(report.verdict).toBe("healthy");
  expect(report.results).toHaveLength(57);
});

test.each(CASES)("if %s, the only finding is %s", async (_, finding, world, change) => {
  const report = await diagnose(world, change);
  expect(findings(report), notOk(report).join("\n")).toEqual([finding]);
  expect(connectionRoots(report)).toEqual([finding.split(": ")[0]]);
});
