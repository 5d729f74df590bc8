/** One route to a service, and who is allowed to use it. */
export interface ExposureRow {
  readonly name: string;
  /** A URL, or `host:port`. */
  readonly address: string;
  /** Selectors of the tailnet's policy, or a description of clients outside the tailnet. */
  readonly allowed: readonly string[];
  /** What the traffic passes through: `Cloudflare, Funnel`. */
  readonly route: string;
}
