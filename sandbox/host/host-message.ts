import type { ProviderSettings } from "../providers/provider-settings.ts";

/** What the session sends to the process that serves the simulated providers. It answers each message. */
export type HostMessage = BeginMessage | EndMessage;

export interface BeginMessage {
  readonly kind: "begin";
  readonly settings: ProviderSettings;
  /** The cluster that the Kubernetes provider manages. */
  readonly cluster: string;
  /** The tailnet that the Tailscale provider's credentials belong to. */
  readonly tailnet: string;
}

/** The run is over: save world.json. */
export interface EndMessage {
  readonly kind: "end";
}

export interface HostAnswer {
  readonly error?: string;
}

/** The first message of the process. */
export interface HostAddress {
  /** Where the APIs are served over HTTP. */
  readonly apis: string;
}
