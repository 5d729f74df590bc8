import { exposureOf, type PrivateService } from "../../components/private-services/private-service.ts";
import { type Check, type Outcome, skipped } from "../core/check.ts";
import { once } from "../core/once.ts";
import { publicLookups } from "../data-path/funnel-readings.ts";
import { isInSubnets, isTailnetAddress } from "../probes/address-ranges.ts";
import { addressesOf, lookUp, type Lookups } from "../probes/dns.ts";
import { get } from "../probes/http.ts";
import type { Network } from "../probes/network.ts";
import { reach } from "../probes/tls.ts";
import { nodePortsOf, type ReadService } from "./node-ports.ts";
import { judgeLegacyAddress, judgeLegacyHost, judgeNodePorts, judgePublicName } from "./outside-routes.ts";
import { judgeHttps, judgePort, judgeTailnetName } from "./tailnet-route.ts";

/** A private service, and its ts.net name as configured and as assigned. */
export interface ExposedService {
  readonly service: PrivateService;
  readonly expected: string;
  readonly fqdn: string;
}

/** A host that no router knows (RFC 2606). */
const UNKNOWN_HOST = "doctor.invalid";
const HTTPS = 443;

/**
 * The checks of the private services, service by service: the route over the tailnet answers, and no other route does.
 *
 * @param readService - reads the cluster; undefined if there is no access to it
 * @param now - the time that certificates are judged at
 */
export function privateChecks(
  network: Network,
  services: readonly ExposedService[],
  readService: ReadService | undefined,
  now: () => Date = () => new Date(),
): readonly Check[] {
  const names = new Map(
    services.map(({ service, fqdn }) => [
      service.name,
      once(() => lookUp(network, [network.magicDns], fqdn)),
    ]),
  );
  return services.flatMap((exposed) => {
    const { phase } = exposed.service;
    return [
      ...(phase === "legacy"
        ? []
        : tailnetChecks(network, exposed, services, names, now).map((one) =>
            ofClients(network, exposed, one),
          )),
      publicNameCheck(network, exposed),
      ...(phase === "legacy" || readService === undefined ? [] : [nodePortCheck(exposed, readService)]),
      ...(phase === "tailnet" ? legacyChecks(network, exposed, now) : []),
    ];
  });
}

/** MagicDNS and the policy hide a service from everybody but its clients. */
function ofClients({ isClient }: Network, { service: { allowFrom } }: ExposedService, asked: Check): Check {
  if (isClient) return asked;
  return { ...asked, run: () => Promise.resolve(skipped(`only a client can tell: ${allowFrom.join(", ")}`)) };
}

type Names = ReadonlyMap<string, () => Promise<Lookups>>;

function tailnetChecks(
  network: Network,
  { service, expected, fqdn }: ExposedService,
  services: readonly ExposedService[],
  names: Names,
  now: () => Date,
): readonly Check[] {
  const { name, allowFrom } = service;
  const { protocol, ports } = exposureOf(service);
  const own = names.get(name) ?? (() => Promise.resolve([]));
  const peers = services.filter(({ service: other }) => isSameList(other.allowFrom, allowFrom));
  const address = async () => addressesOf(await own()).find(isTailnetAddress);
  const resolves = check(
    `tailnet-name/${name}`,
    name,
    "the ts.net name resolves in the tailnet",
    async () => {
      const lookups = await Promise.all(
        peers.flatMap(({ service: other }) => names.get(other.name)?.() ?? []),
      );
      return judgeTailnetName({ own: await own(), peers: lookups }, allowFrom);
    },
  );
  const device = [`name/${expected}`, "magicdns", "policy/access"];
  const explainedBy = [resolves.id, ...device];
  if (protocol === "https") {
    const answers = check(`tailnet-https/${name}`, name, "HTTPS answers in the tailnet", async () => {
      const at = await address();
      const answer = at && (await get(network, { address: at, port: HTTPS, serverName: fqdn }, fqdn));
      return judgeHttps(answer || undefined, now());
    });
    const certificate = ["https", `certificate/${expected}`];
    return [
      { ...resolves, explainedBy: device },
      { ...answers, explainedBy: [...explainedBy, ...certificate] },
    ];
  }
  return [
    { ...resolves, explainedBy: device },
    ...ports.map((port) => ({
      ...check(`tailnet-port/${name}/${port}`, name, `port ${port} answers in the tailnet`, async () => {
        const at = await address();
        return judgePort(at === undefined ? undefined : await reach(network, at, port), now());
      }),
      explainedBy,
    })),
  ];
}

function publicNameCheck(network: Network, { service: { name }, fqdn }: ExposedService): Check {
  const title = "the internet does not know the ts.net name";
  return check(`public-name/${name}`, name, title, async () =>
    judgePublicName(await publicLookups(network, fqdn)),
  );
}

function nodePortCheck({ service }: ExposedService, read: ReadService): Check {
  return {
    ...check(`node-port/${service.name}`, service.name, "no node answers for it", async () =>
      judgeNodePorts(await nodePortsOf(service, read)),
    ),
    needs: `Kubernetes: get services in ${service.namespace}`,
  };
}

/** The routes of before the move, as the plan shows them: `192.168.1.241:5432`, `https://home.example.com`. */
function legacyChecks(network: Network, { service }: ExposedService, now: () => Date): readonly Check[] {
  const { name } = service;
  return exposureOf(service).legacyRows.flatMap(({ address }) => {
    const title = `the legacy route ${address} is closed`;
    const id = `legacy-route/${name}/${address}`;
    const host = /^https:\/\/(.+)$/.exec(address)?.[1];
    if (host !== undefined) {
      return [
        check(id, name, title, async () =>
          judgeLegacyHost(await askLegacyHost(network, host), network, now()),
        ),
      ];
    }
    const [, ip, port] = /^([\d.]+|\[?[\da-f:]+\]?):(\d+)$/i.exec(address) ?? [];
    // An address that MetalLB chose is not known here.
    if (ip === undefined || port === undefined) return [];
    const place = () => ({ isLocal: isInSubnets(ip, network.subnets()), isClient: network.isClient });
    return [
      check(id, name, title, async () =>
        judgeLegacyAddress(await reach(network, ip, Number(port)), place(), now()),
      ),
    ];
  });
}

/** A browser on the local network asks the machine's resolvers, so they come first. */
async function askLegacyHost(network: Network, host: string) {
  const lookups = await lookUp(network, [...network.machineResolvers, ...network.publicResolvers], host);
  const [address] = addressesOf(lookups);
  if (address === undefined) return undefined;
  const destination = { address, port: HTTPS, serverName: host };
  const [own, unknownHost] = await Promise.all([
    get(network, destination, host),
    get(network, destination, UNKNOWN_HOST),
  ]);
  return { own, unknownHost };
}

function check(id: string, subject: string, title: string, run: () => Promise<Outcome>): Check {
  return { id, group: "private services", subject, title, explainedBy: [], needs: "", run };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((entry) => other.includes(entry));
}
