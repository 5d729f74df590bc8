import { type DoctorFigures, median, ratioOf, type RoundTrips } from "./doctor-figures.ts";

/** The number of hostnames that is compared with one, and how many times as long they may take. */
export const MANY = 20;
export const TARGET = 3;

/** The page docs/doctor-benchmark.md. */
export function doctorPage({
  figures,
  machine,
}: {
  readonly figures: readonly DoctorFigures[];
  readonly machine: string;
}): string {
  const head = [
    "round trips",
    `${MANY} ÷ 1`,
    `target (at most ${TARGET})`,
    "1 hostname",
    `${MANY} hostnames`,
    "CPU, 1 hostname",
    `CPU, ${MANY} hostnames`,
    "checks",
  ];
  const rows = figures.map((of) => [
    label(of.roundTrips),
    ratioOf(of).toFixed(2),
    ratioOf(of) <= TARGET ? "met" : "missed",
    time(median(of.one, "milliseconds")),
    time(median(of.many, "milliseconds")),
    time(median(of.one, "cpuMilliseconds")),
    time(median(of.many, "cpuMilliseconds")),
    `${of.one[0]?.checks ?? 0} and ${of.many[0]?.checks ?? 0}`,
  ]);
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `# How long the doctor takes

Written by \`node bench/doctor.ts\`. Medians of ${figures[0]?.one.length ?? 0} runs with one and with ${MANY} hostnames, in turns. Each run
is a new process that does all checks of \`make doctor\` on a healthy stack. The time is that of the checks. Before them, Node
starts, reads the stack's files and loads the API clients, whatever the number of hostnames.

The doctor asks the simulated APIs of Kubernetes, Cloudflare and Tailscale over HTTP, and the laboratory of the tests: DNS
servers, an edge, a Funnel relay, and Traefik. They run in other processes of the same machine (${machine}).
Proxies in front of them add a round-trip time to each DNS answer, to each TCP handshake, and to each request and response.

The first row is what a user waits for: the checks run side by side, so more hostnames add no round trips. The second row has
no round trips. It shows what the machine computes for the doctor and for all systems together. The load at the start
matters in both: waiting for a core takes the same time from one hostname as from many, and so makes the ratio smaller.

${lines.join("\n")}
`;
}

function label({ network, api }: RoundTrips): string {
  return network + api === 0 ? "none (loopback)" : `${network} ms DNS, TLS and HTTP; ${api} ms APIs`;
}

function time(milliseconds: number): string {
  return `${Math.round(milliseconds).toLocaleString("en")} ms`;
}
