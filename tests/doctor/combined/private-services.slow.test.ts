import { afterAll, beforeAll, expect, test } from "vitest";
import { exposureOf } from "../../../components/private-services/private-service.ts";
import { EXIT_STATUS } from "../../../doctor/core/report.ts";
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
    isClient: true,
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

const LAN = [
  "192.168.1.241:5432",
  "192.168.1.240:8001",
  "192.168.1.240:8002",
  "192.168.1.240:8003",
  "192.168.1.240:443",
];

/** The machine in CI is in the tailnet with a tag that reaches no private service; the pod is not in the tailnet. */
test.each<[string, Partial<PrivateNetwork>]>([
  ["a pod of the cluster", { magicDns: undefined, subnets: ["10.244.1.5/24"] }],
  ["a machine in CI", { magicDns: {}, subnets: ["10.1.0.4/20"] }],
])("a healthy tazlab is healthy from %s, and names what only a client can tell", async (_, place) => {
  const report = await diagnose(
    () => undefined,
    (network) => ({
      ...network,
      ...place,
      isClient: false,
      // A wildcard record leads to an address of the local network, from which nothing answers here.
      publicDns: { "home.tazlab.net": { addresses: ["192.168.1.240"] } },
      endpoints: Object.fromEntries(LAN.map((address) => [address, { kind: "drops" }])),
    }),
  );
  expect(EXIT_STATUS[report.verdict], notOk(report).join("\n")).toBe(0);
  const skipped = report.results.filter(({ status }) => status === "skipped").map(({ id }) => id);
  expect(notOk(report)).toEqual(skipped.map((id) => `${id}: skipped`));
  expect(skipped).toEqual([
    "tailnet-name/tazlab-db",
    "tailnet-port/tazlab-db/5432",
    "legacy-route/tazlab-db/192.168.1.241:5432",
    "tailnet-name/homepage",
    "tailnet-https/homepage",
    "legacy-route/homepage/https://home.tazlab.net",
    "tailnet-name/pgadmin",
    "tailnet-https/pgadmin",
    "legacy-route/pgadmin/192.168.1.240:8001",
    "tailnet-name/longhorn",
    "tailnet-https/longhorn",
    "legacy-route/longhorn/192.168.1.240:8002",
    "tailnet-name/traefik",
    "tailnet-https/traefik",
    "legacy-route/traefik/192.168.1.240:8003",
    "tailnet-name/grafana",
    "tailnet-https/grafana",
  ]);
});

test("a finding needs no client: an open legacy address is one from elsewhere too", async () => {
  const report = await diagnose(
    () => undefined,
    (network) => ({
      ...{ ...network, isClient: false, magicDns: undefined, subnets: [] },
      endpoints: { "192.168.1.241:5432": { kind: "tcp" } },
    }),
  );
  expect(findings(report)).toEqual(["legacy-route/tazlab-db/192.168.1.241:5432: legacy-route-open"]);
});

test.each(CASES)("if %s, the only finding is %s", async (_, finding, world, change) => {
  const report = await diagnose(world, change);
  expect(findings(report), notOk(report).join("\n")).toEqual([finding]);
  expect(connectionRoots(report)).toEqual([finding.split(": ")[0]]);
});
