import type { Via } from "../../../components/public-edge/via.ts";
import { type Check, ok, type Outcome, skipped, unknown } from "../../../doctor/core/check.ts";
import { type Report, verdictOf } from "../../../doctor/core/report.ts";
import { runChecks } from "../../../doctor/core/run-checks.ts";
import type { StackOutputs } from "../../../doctor/target/outputs.ts";

type SampleCheck = Pick<Check, "id" | "group" | "subject" | "title"> & {
  readonly outcome: Outcome;
  readonly explainedBy?: readonly string[];
};

/** Runs checks that return what the sample says, so that consequences are decided as in a real report. */
export async function reportOf(checks: readonly SampleCheck[], stack = "ozilab"): Promise<Report> {
  const results = [];
  const run = runChecks(
    checks.map(({ outcome, explainedBy = [], ...check }) => ({
      ...check,
      explainedBy,
      needs: "",
      run: () => Promise.resolve(outcome),
    })),
  );
  for await (const result of run) results.push({ ...result, durationMs: 120 });
  const times = { startedAt: "2026-11-28T02:17:03.120Z", finishedAt: "2026-11-28T02:17:11.480Z" };
  return { stack, ...times, results, verdict: verdictOf(results) };
}

const FUNNEL = "ozilab-edge.tail1234.ts.net";
const DATABASE = "tazlab-db.tail1234.ts.net:5432";

const exposed = (name: string, address: string, allowed: string[], route: string) => ({
  ...{ name, requested: address, address, allowed, route },
});
const published = (host: string, zone: string, via: Via, target = FUNNEL) => ({
  ...{ url: `https://${host}`, target, zone, via },
});
const INTERNET = ["everybody on the internet"];

export const OUTPUTS: StackOutputs = {
  funnel: { expected: FUNNEL, actual: FUNNEL },
  hostnames: {
    "app.example.com": published("app.example.com", "example.com", "origin-rule"),
    "wiki.example.org": published("wiki.example.org", "example.org", "worker"),
  },
  exposure: [
    exposed("app.example.com", "https://app.example.com", INTERNET, "Cloudflare, Funnel"),
    exposed("wiki.example.org", "https://wiki.example.org", INTERNET, "Cloudflare, Worker, Funnel"),
    exposed("ozilab-edge", `https://${FUNNEL}`, INTERNET, "Funnel"),
    exposed("tazlab-db", DATABASE, ["tag:tazpod", "group:dba@example.com"], "tailnet"),
    exposed("home", "https://home.tail1234.ts.net", ["tag:tazpod"], "tailnet"),
  ],
  migration: [
    { service: "tazlab-db", before: "MetalLB 192.168.1.241:5432", after: DATABASE, phase: "coexist" },
  ],
};

const good = (
  group: SampleCheck["group"],
  id: string,
  subject: string,
  title: string,
  evidence: string,
): SampleCheck => ({
  ...{ id, group, subject, title },
  outcome: ok(evidence),
});

const ofHost = (host: string): readonly SampleCheck[] => [
  good(
    "cloudflare",
    `edge-certificate/${host}`,
    host,
    "has an edge certificate",
    "active, for *.example.com",
  ),
  good("cloudflare", `record/${host}`, host, `its record points at ${FUNNEL}`, `CNAME ${FUNNEL}, proxied`),
  good("cloudflare", `strict-tls/${host}`, host, "the origin's certificate is checked", "rule 2 of 3"),
];

const visitsOf = (host: string): readonly SampleCheck[] => [
  good("data path", `public-dns/${host}`, host, "resolvers return Cloudflare's addresses", "104.16.0.1"),
  good(
    "data path",
    `direct-route/${host}`,
    host,
    "Traefik routes the hostname",
    "200 over the Funnel's name",
  ),
  good(
    "data path",
    `end-to-end/${host}`,
    host,
    "a visitor gets an answer of the application",
    "200 in 143 ms",
  ),
];

/** A healthy stack with two public hostnames in two zones, and two private services. */
export const HEALTHY: readonly SampleCheck[] = [
  good(
    "control plane",
    "secret",
    "Secret tailscale/operator-oauth",
    "has both keys",
    "client_id and client_secret",
  ),
  good("control plane", "policy/funnel", "policy", "allows Funnel on the proxy's tag", "tag:k8s"),
  good("control plane", "policy/access", "policy", "grants what the stack declares", "9 of 9 entries"),
  good("control plane", "login", "device ozilab-operator", "is connected to the tailnet", "seen at 02:16"),
  good("control plane", `name/${FUNNEL}`, "Ingress traefik/ozilab-edge", `has the name ${FUNNEL}`, FUNNEL),
  good(
    "control plane",
    "name/home.tail1234.ts.net",
    "Ingress homepage/home",
    "has its name",
    "home.tail1234.ts.net",
  ),
  good("cloudflare", "zone/example.com", "zone example.com", "is active", "active, type full"),
  good("cloudflare", "zone/example.org", "zone example.org", "is active", "active, type full"),
  good("cloudflare", "worker", "Worker ozilab-edge", "is uploaded", "ozilab-edge"),
  ...ofHost("app.example.com"),
  ...ofHost("wiki.example.org"),
  good("data path", `funnel-tls/${FUNNEL}`, FUNNEL, "the Funnel has a valid certificate", "45 days left"),
  ...visitsOf("app.example.com"),
  ...visitsOf("wiki.example.org"),
  good(
    "private services",
    "tailnet-port/tazlab-db/5432",
    "tazlab-db",
    "port 5432 answers in the tailnet",
    "in 12 ms",
  ),
  good("private services", "tailnet-https/home", "home", "HTTPS answers in the tailnet", "200"),
];

/** The healthy stack with other outcomes for some checks, by ID. */
export function sampleWith(changes: Readonly<Record<string, Partial<SampleCheck>>>): readonly SampleCheck[] {
  const unused = Object.keys(changes).filter((id) => !HEALTHY.some((check) => check.id === id));
  if (unused.length > 0) throw new Error(`the sample has no check ${unused.join(", ")}`);
  return HEALTHY.map((check) => ({ ...check, ...changes[check.id] }));
}

/** A failure whose texts do not depend on the table of causes. */
const failing = (text: string, fix: string, evidence: string): Outcome => ({
  ...{ status: "broken", evidence },
  finding: { cause: "operator-missing", text, fix },
});

/**
 * A paused zone breaks one hostname; one check could not tell, and one was skipped; the database does not answer, and a
 * name was taken.
 */
export const BROKEN = sampleWith({
  "zone/example.com": { outcome: failing("the zone is paused", "unpause the zone", "example.com is paused") },
  "public-dns/app.example.com": {
    outcome: failing("public DNS does not lead to Cloudflare", "wait", "100.100.0.1 is not Cloudflare's"),
    explainedBy: ["zone/example.com"],
  },
  "end-to-end/app.example.com": {
    outcome: failing("nothing answers", "read the evidence", "no answer: ECONNRESET"),
    explainedBy: ["public-dns/app.example.com"],
  },
  "strict-tls/wiki.example.org": {
    outcome: unknown("rules of phase http_config_settings: 403; fix: add the permission Config Rules Read"),
  },
  "name/home.tail1234.ts.net": {
    outcome: failing(
      "another machine has the name",
      "remove it",
      "Ingress homepage/home is home-1.tail1234.ts.net",
    ),
  },
  "tailnet-port/tazlab-db/5432": {
    outcome: failing("nothing listens on the port", "start the database", `${DATABASE}: ECONNREFUSED`),
  },
  "tailnet-https/home": { outcome: skipped("only a client can tell: tag:tazpod") },
});
