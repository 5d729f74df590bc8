import type { Output } from "@pulumi/pulumi";
import type { ExposureRow } from "../components/exposure-row.ts";
import { privateRows } from "../components/private-services/exposure-rows.ts";
import { funnelRows, hostnameRow } from "../components/public-edge/exposure-rows.ts";
import type { PublicHostname } from "../components/public-edge/hostname.ts";
import type { StackConfig } from "./config/parse.ts";
import type { DeployedService } from "./private-services.ts";
import type { FunnelOutput } from "./public-edge.ts";

/** One route to a hostname or a service, and who may use it. */
export interface ExposureOutput extends Omit<ExposureRow, "address"> {
  /** The requested address. */
  readonly requested: string;
  /** The address with the assigned ts.net name; the requested one if the cluster does not report a name. */
  readonly address: Output<string> | string;
}

/** Who can reach what: public, then private, in the order of the configuration. */
export function exposureOutputs(
  { publicEdge }: StackConfig,
  hostnames: readonly PublicHostname[],
  funnel: FunnelOutput | undefined,
  services: readonly DeployedService[],
): readonly ExposureOutput[] {
  return [
    ...hostnames
      .map((hostname) => hostnameRow(hostname, publicEdge?.worker.origins ?? []))
      .map((row) => ({ ...row, requested: row.address })),
    ...(publicEdge && funnel
      ? withFqdn(
          (fqdn) => funnelRows(publicEdge.funnel, fqdn, publicEdge.originLock.enforce),
          funnel.expected,
          funnel.actual,
        )
      : []),
    ...services.flatMap(({ service, expected, fqdn, leftover }) =>
      withFqdn((name) => privateRows(service, name, leftover), expected, fqdn),
    ),
  ];
}

/** Rows for the expected ts.net name, with the addresses for the assigned one. */
function withFqdn(
  rows: (fqdn: string) => readonly ExposureRow[],
  expected: string,
  fqdn: Output<string> | undefined,
): readonly ExposureOutput[] {
  return rows(expected).map((row, index) => ({
    ...row,
    requested: row.address,
    address: fqdn?.apply((actual) => rows(actual)[index]?.address ?? row.address) ?? row.address,
  }));
}
