import type { ExposureRow } from "../../exposure-row.ts";
import type { LegacyBacking } from "../legacy/metallb.ts";
import type { AnnotationManifest, IngressManifest, ServiceManifest } from "../manifests.ts";

/** Everything that a private service's `kind` decides. */
export interface ServiceExposure {
  /** Exposes the service on the tailnet. */
  readonly tailnetObject: TailnetObject;
  /** The TCP ports that its device answers on. */
  readonly ports: readonly number[];
  /** The UDP ports that its device answers on. */
  readonly udpPorts: readonly number[];
  /** `https`: a browser opens `https://<fqdn>`. `tcp`: clients connect to `<fqdn>:<port>`, by TCP or UDP. */
  readonly protocol: "https" | "tcp";
  /** The Service that its proxy forwards to. Undefined if the tailnet object selects the pods itself. */
  readonly backing: BackingService | undefined;
  /** Exposed the service before the move to the tailnet. */
  readonly legacyObject: LegacyObject | undefined;
  /** The hostname that a browser opens in phase `legacy`. */
  readonly legacyHost: string | undefined;
  /** The routes of phase `legacy`; the one that clients use comes first. */
  readonly legacyRows: readonly ExposureRow[];
}

/** An object that the stack creates, or annotations for someone else's Service. */
export type TailnetObject =
  | { readonly type: "Service"; readonly manifest: ServiceManifest }
  | { readonly type: "Ingress"; readonly manifest: IngressManifest }
  | { readonly type: "annotations"; readonly manifest: AnnotationManifest };

/** An object of phases `legacy` and `coexist`. */
export type LegacyObject = {
  readonly adopt: boolean;
  /** The routes that end with this object. */
  readonly rows: readonly ExposureRow[];
} & (
  | { readonly type: "Service"; readonly manifest: ServiceManifest }
  | { readonly type: "Ingress"; readonly manifest: IngressManifest }
);

/** A Service that someone else creates. */
export interface BackingService {
  readonly service: string;
  readonly ports: readonly number[];
  /** Set if MetalLB gave this Service an address of its own. */
  readonly legacy: LegacyBacking | undefined;
}
