/**
 * How requests for a public hostname get from Cloudflare to their origin. Spelled as in the stack's file.
 *
 * - `origin-rule`: to the Funnel; an origin rule sets the TLS server name (SNI) to the Funnel's ts.net name.
 *   The zone's plan must have the SNI override.
 * - `worker`: to the Funnel through a Worker that opens TLS to the ts.net name itself. Works on every plan.
 * - `cname-only`: to the Funnel by the DNS record alone. Cloudflare then sends the public name as SNI, which
 *   Funnel does not serve: expect 525 or 526. For testing a cutover.
 * - `cname`: to another target, such as `<id>.cfargotunnel.com`. For going back to a cloudflared tunnel.
 */
export type Via = "origin-rule" | "worker" | "cname-only" | { readonly cname: string };

/** The values of `via` that are words. */
export type ViaWord = Extract<Via, string>;

/** Every `via` by one name: a word itself, an object by its key. */
export type ViaKind = KindOf<Via>;
type KindOf<V> = V extends string ? V : keyof V;

/** What a `via` needs in the zone, and what the origin receives. */
export interface Route {
  /** What the DNS record points at: the Funnel's ts.net name, or another name. */
  readonly target: "funnel" | { readonly name: string };
  /** Whether an origin rule sets the SNI to the Funnel's ts.net name. */
  readonly originRule: boolean;
  /** Whether a configuration rule makes Cloudflare check the origin's certificate. */
  readonly strictTls: boolean;
  /** Whether a Worker route sends the requests through the cluster's Worker. */
  readonly workerRoute: boolean;
  /** Which name the target receives as SNI: its own, or the public hostname. */
  readonly sni: "target" | "hostname";
  /** What to expect of a target that does not serve this SNI. */
  readonly sniProblem?: string;
  /** What comes after Cloudflare, as the exposure table shows it. */
  readonly label: string;
}

/** The route of each `via`: the one place that decides what a `via` means. */
export function routeOf(via: Via): Route {
  return typeof via === "string" ? ROUTES[via] : routeTo(via.cname);
}

const ROUTES: Readonly<Record<ViaWord, Route>> = {
  "origin-rule": {
    target: "funnel",
    originRule: true,
    strictTls: true,
    workerRoute: false,
    sni: "target",
    label: "Funnel",
  },
  worker: {
    target: "funnel",
    originRule: false,
    // The Worker checks the certificate itself; Cloudflare opens no connection to the origin.
    strictTls: false,
    workerRoute: true,
    sni: "target",
    label: "Worker, Funnel",
  },
  "cname-only": {
    target: "funnel",
    originRule: false,
    strictTls: true,
    workerRoute: false,
    sni: "hostname",
    sniProblem: "Funnel does not serve it: expect 525 or 526",
    label: "Funnel",
  },
};

function routeTo(name: string): Route {
  return {
    target: { name },
    originRule: false,
    strictTls: true,
    workerRoute: false,
    sni: "hostname",
    label: name,
  };
}

/**
 * What a hostname's DNS record points at.
 *
 * @param funnel - the Funnel's ts.net name
 */
export function recordTarget<Name>(via: Via, funnel: Name): Name | string {
  const { target } = routeOf(via);
  return target === "funnel" ? funnel : target.name;
}
