import type { Output } from "@pulumi/pulumi";
import type { ExposureRow } from "../components/exposure-row.ts";
import { privateRows } from "../components/private-services/exposure-rows.ts";
import { funnelRows, hostnameRow } from "../components/public-edge/exposure-rows.ts";
import type { PublicHostname } from "../components/public-edge/hostname.ts";
import type { StackConfig } from "./config/parse.ts";
import type { DeployedService } from "./private-services.ts";

/** One way to reach something, and who may take it. */
export interface ExposureOutput extends Omit<ExposureRow, "address"> {
  /** The address that was asked for. */
  readonly requested: string;
  /** The address that the tailnet really gave, where the cluster tells it. */
  readonly address: Output<string> | string;
}

/** The Funnel as deployed. */
interface DeployedFunnel {
  readonly expected: string;
  readonly actual: Output<string>;
}

/** Who can reach what: the public side and the private one, in the order of the configuration. */
export function exposureOutputs(
  { publicEdge }: StackConfig,
  hostnames: readonly PublicHostname[],
  funnel: DeployedFunnel | undefined,
  services: readonly DeployedService[],
): readonly ExposureOutput[] {
  return [
    ...hostnames.map(hostnameRow).map((row) => ({ ...row, requested: row.address })),
    ...(publicEdge && funnel
      ? named((fqdn) => funnelRows(publicEdge.funnel, fqdn), funnel.expected, funnel.actual)
      : []),
    ...services.flatMap(({ service, expected, fqdn }) =>
      named((name) => privateRows(service, name), expected, fqdn),
    ),
  ];
}

function named(
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
