import * as pulumi from "@pulumi/pulumi";
import { type ConfigIssue, renderIssue, throwIfAny } from "../config-issue.ts";
import type { PrivateService } from "./private-service.ts";
import type { ReadState, StoredResources } from "./stored-resources.ts";

/** Resources of a private service that can have a hostname on the tailnet. The engine takes the first two for one resource. */
const RESOURCE =
  /tailnet-edge:exposure:PrivateExposure\$(kubernetes:core\/v1:Service|kubernetes:networking\.k8s\.io\/v1:Ingress|object-fields:index:ObjectFields)::([^:]+)$/;

/** A resource in the state that has a hostname on the tailnet. */
interface Holder {
  readonly service: string;
  readonly annotates: boolean;
  readonly hostname: string;
}

/** What the state has of a Service, an Ingress, or the annotations of a Service of others. */
interface StoredObject {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly loadBalancerClass?: string;
    readonly ingressClassName?: string;
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
  readonly fields?: StoredObject;
}

/**
 * Rejects services whose hostname another resource of the state has. Pulumi would delete that resource after it has created the
 * new one, or at the same time, and Tailscale would name the new device `<hostname>-1`.
 *
 * Costs one read of the stack's state. The offline plan has none.
 */
export async function refuseHandovers(
  services: readonly PrivateService[],
  readState: ReadState,
): Promise<void> {
  if (services.length === 0) return;
  const stored = await readState().catch((error: unknown) => {
    const unchecked = {
      path: "privateServices: not checked whether a hostname still has another device",
      found: `the stack's state cannot be read: ${(error as Error).message}`,
      allowed: "a state that names the devices of this stack",
      fix: "run pulumi preview again, before an update that changes name, kind or hostname of a service",
    };
    void pulumi.log.warn(renderIssue(unchecked).trimStart());
    return {};
  });
  throwIfAny("the private services", handoverIssues(services, stored));
}

/** @param stored - the state before this run */
export function handoverIssues(
  services: readonly PrivateService[],
  stored: StoredResources,
): readonly ConfigIssue[] {
  const holders = Object.entries(stored).flatMap(holderOf);
  return services.flatMap((service) => {
    if (service.phase === "legacy") return [];
    const others = holders.filter(({ hostname }) => hostname === service.hostname);
    // Its device has the hostname already: a previous update ended before it had deleted the other one.
    if (others.some((holder) => isResourceOf(holder, service))) return [];
    return others.map((holder) =>
      handoverIssue(service, holder, isRenamed(service, holder, services, holders)),
    );
  });
}

function handoverIssue(service: PrivateService, holder: Holder, isRename: boolean): ConfigIssue {
  const { name, hostname, legacy } = service;
  const owner =
    holder.service === name
      ? "this service has with its previous kind"
      : `private service ${holder.service} has`;
  const twoSteps =
    legacy === undefined
      ? "remove this service, run pulumi up, then add it again"
      : "set phase: legacy, run pulumi up, then set the phase again";
  return {
    path: `privateServices: ${name}: hostname`,
    found: `${hostname}, which ${owner} until the end of this update`,
    allowed: `a hostname that no other device of the stack has: Tailscale would name the new one ${hostname}-1`,
    fix: isRename ? `set formerName: ${holder.service}, and remove it after the update` : twoSteps,
  };
}

/** Whether the engine takes a stored resource for that of a service, so that it replaces it delete-first. */
function isResourceOf({ service, annotates }: Holder, { name, formerName, kind }: PrivateService): boolean {
  return [name, formerName].includes(service) && annotates === (kind === "annotation");
}

/** Whether `formerName` would make the engine take a stored resource for that of a service. */
function isRenamed(
  service: PrivateService,
  holder: Holder,
  services: readonly PrivateService[],
  holders: readonly Holder[],
): boolean {
  return (
    service.formerName === undefined &&
    !services.some(({ name }) => name === holder.service) &&
    !holders.some((other) => other.service === service.name) &&
    isResourceOf(holder, { ...service, formerName: holder.service })
  );
}

function holderOf([urn, { outputs }]: [string, { readonly outputs: object }]): readonly Holder[] {
  const [, type, service] = RESOURCE.exec(urn) ?? [];
  if (service === undefined) return [];
  const annotates = type === "object-fields:index:ObjectFields";
  const hostname = hostnameOf(outputs);
  return hostname === undefined ? [] : [{ service, annotates, hostname }];
}

function hostnameOf({ metadata, spec, fields }: StoredObject): string | undefined {
  if (fields !== undefined) return fields.metadata?.annotations?.["tailscale.com/hostname"];
  if (spec?.loadBalancerClass === "tailscale") return metadata?.annotations?.["tailscale.com/hostname"];
  return spec?.ingressClassName === "tailscale" ? spec.tls?.[0]?.hosts?.[0] : undefined;
}
