/**
 * How far a service has moved to the tailnet.
 *
 * - `legacy`: only the legacy exposure exists.
 * - `coexist`: both exist, so the tailnet can be tested first.
 * - `tailnet`: only the tailnet exposure exists.
 */
export type Phase = "legacy" | "coexist" | "tailnet";

/** The fields of every private service, whatever its kind. */
export interface ServiceFields {
  /** Names the service in the stack. Its resources are named after it, so a change needs `formerName`. */
  readonly name: string;
  /** Its previous `name`, under which the state knows its resources. */
  readonly formerName?: string | undefined;
  /** Name of its device in the tailnet: the first label of its ts.net name. */
  readonly hostname: string;
  readonly namespace: string;
  /** Tags of its device, `tag:` included; at least one. */
  readonly tags: readonly string[];
  /** Selectors in the policy's grammar that may reach it. */
  readonly allowFrom: readonly string[];
  readonly phase: Phase;
  /** A ProxyClass of the cluster, for the proxy's pod. */
  readonly proxyClass?: string | undefined;
  /** The ProxyGroup that serves it, for high availability. Without one it has a proxy of its own. */
  readonly proxyGroup?: string | undefined;
}

/** A port of a Service that the stack creates. */
export interface ServicePort {
  readonly port: number;
  /** The pods' port, by number or name. */
  readonly targetPort: number | string;
  /** Default: TCP. */
  readonly protocol?: "TCP" | "UDP" | undefined;
}

/** The fields that every legacy object has, so that going back to phase `legacy` restores it unchanged. */
export interface LegacyFields {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the object already exists, created by someone else, and is imported without a change. */
  readonly adopt: boolean;
}
