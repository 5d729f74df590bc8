import { routeOf } from "../../components/public-edge/via.ts";
import { nameCheckId } from "../control-plane/checks.ts";
import { type Check, type Outcome, unknown } from "../core/check.ts";
import type { Target, TargetHost } from "../target/target.ts";
import { edgeCertificateOutcome } from "./edge-certificate.ts";
import { lockHeaderOutcome } from "./lock-header.ts";
import { hostHeaderOutcome, originOutcome, sniOutcome } from "./origin-rules.ts";
import { pageRulesOutcome } from "./page-rules.ts";
import { recordOutcome } from "./record.ts";
import { redirectOutcome } from "./redirect.ts";
import { strictTlsOutcome } from "./strict-tls.ts";
import { workerRouteOutcome } from "./worker.ts";
import type { ZoneReadings } from "./zone-readings.ts";

type OwnCheck = Omit<Check, "group">;

/** The checks of one hostname at Cloudflare, as its `via` needs them. */
export function hostChecks(
  { config, outputs }: Target,
  { host, zone, target, via }: TargetHost,
  readings: ZoneReadings,
): readonly OwnCheck[] {
  const route = routeOf(via);
  const funnel = outputs.funnel?.actual ?? "";
  const worker = config.publicEdge?.worker.name ?? "";
  const inZone = [`zone/${zone}`];
  const own = (
    id: string,
    title: string,
    permission: string,
    run: () => Promise<Outcome>,
    explainedBy: readonly string[] = [],
  ): OwnCheck => ({
    ...{ id: `${id}/${host}`, subject: host, title, run },
    explainedBy: [...inZone, ...explainedBy],
    needs: `Cloudflare: Zone Read, ${permission}`,
  });
  const originRules = () => readings.rules("http_request_origin");
  return [
    own("edge-certificate", "has an edge certificate", "SSL and Certificates Read", async () =>
      known(await readings.certificates(), (packs) => edgeCertificateOutcome(packs, host)),
    ),
    own(
      "record",
      `its record points at ${target}`,
      "DNS Read",
      async () => known(await readings.records(host), (records) => recordOutcome(records, target)),
      route.target === "funnel" && outputs.funnel ? [nameCheckId(outputs.funnel.expected)] : [],
    ),
    ...(route.originRule
      ? [
          own(
            "sni",
            `an origin rule sets the SNI ${funnel}`,
            "Origin Rules Read",
            async () => known(await originRules(), (rules) => sniOutcome(rules, host, funnel)),
            [`plan/${zone}`, ...(outputs.funnel ? [nameCheckId(outputs.funnel.expected)] : [])],
          ),
        ]
      : []),
    own("host-header", "no origin rule replaces the Host", "Origin Rules Read", async () =>
      known(await originRules(), (rules) => hostHeaderOutcome(rules, host)),
    ),
    own("origin", "no origin rule changes the origin", "Origin Rules Read", async () =>
      known(await originRules(), (rules) => originOutcome(rules, host)),
    ),
    own("page-rules", "no Page Rule interferes", "Page Rules Read", async () =>
      known(await readings.pageRules(), (rules) => pageRulesOutcome(rules, host)),
    ),
    ...(route.strictTls
      ? [
          own(
            "strict-tls",
            "the origin's certificate is checked",
            "Config Rules Read, Zone Settings Read",
            async () => {
              const rules = await readings.rules("http_config_settings");
              return rules ? await strictTlsOutcome(rules, host, readings.tlsMode) : NO_ZONE;
            },
          ),
        ]
      : []),
    ...(route.target === "funnel" && outputs.originLock
      ? [
          own(
            "lock-header",
            "a transform rule adds the origin lock's secret",
            "Transform Rules Read",
            async () =>
              known(await readings.rules("http_request_late_transform"), (rules) =>
                lockHeaderOutcome(rules, host),
              ),
          ),
        ]
      : []),
    own("redirect", "HTTP is redirected to HTTPS", "Single Redirect Read, Zone Settings Read", async () => {
      const rules = await readings.rules("http_request_dynamic_redirect");
      return rules ? await redirectOutcome(rules, host, readings.alwaysHttps) : NO_ZONE;
    }),
    ...(route.workerRoute
      ? [
          own(
            "worker-route",
            `a route runs the Worker ${worker}`,
            "Workers Routes Read",
            async () => known(await readings.routes(), (routes) => workerRouteOutcome(routes, host, worker)),
            [WORKER_CHECK],
          ),
        ]
      : []),
  ];
}

/** ID of the check of the stack's Worker. */
export const WORKER_CHECK = "worker";

const NO_ZONE: Outcome = unknown("the zone was not found");

function known<T>(reading: T | undefined, outcomeOf: (reading: T) => Outcome): Outcome {
  return reading === undefined ? NO_ZONE : outcomeOf(reading);
}
