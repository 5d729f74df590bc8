import type { LiveObject } from "../live/kubernetes-client.ts";
import type { TailscaleDevice } from "../live/tailscale-shapes.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import { type Conflict, conflict, type MissingResource } from "./finding.ts";

/** Objects with a name on the tailnet. */
interface Named {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
}

/** The name that an Ingress or Service asks the operator for; undefined for other objects. */
export function tailnetName(object: object): string | undefined {
  const { metadata, spec } = object as Named;
  if (spec?.ingressClassName === "tailscale") return spec.tls?.[0]?.hosts?.[0];
  return metadata?.annotations?.["tailscale.com/hostname"];
}

/**
 * A conflict of an object that does not exist, but whose name on the tailnet is in use: by another Ingress, which the
 * stack could take over, or by a device. The operator would get the name with the suffix `-1`.
 */
export function nameConflict(
  { resource, subject }: MissingResource,
  exposed: readonly LiveObject[],
  devices: readonly TailscaleDevice[],
): Conflict | undefined {
  const name = tailnetName(resource.inputs);
  if (name === undefined) return undefined;
  const other = exposed.find((object) => tailnetName(object) === name);
  if (other !== undefined) {
    const { kind, metadata } = other;
    const place = `${metadata.namespace ?? ""}/${metadata.name}`;
    return conflict(
      resource,
      subject,
      `${kind} ${place}, which has the name ${name} on the tailnet`,
      "one object with that name",
      takeOver(resource, other),
    );
  }
  const device = devices.find(({ name: fqdn }) => fqdn.split(".")[0] === name);
  if (device === undefined) return undefined;
  return conflict(
    resource,
    subject,
    `a device ${device.name} of another owner: the proxy would be ${name}-1`,
    "a name that no device has",
    "remove the device in the admin console, or choose another hostname",
  );
}

function takeOver({ type, name, inputs }: RecordedResource, { kind, metadata }: LiveObject): string {
  const { namespace } = inputs["metadata"] as { readonly namespace?: string };
  if (!type.endsWith(`:${kind}`) || namespace !== metadata.namespace) {
    return `delete ${kind} ${metadata.namespace ?? ""}/${metadata.name} immediately before the first up: the stack declares it as ${type.split(":").at(-1) ?? ""} in namespace ${namespace ?? ""}`;
  }
  return name === "funnel"
    ? `to take it over, set publicEdge.funnel.ingressName: ${metadata.name}`
    : `rename it to ${(inputs["metadata"] as { readonly name: string }).name}, or delete it immediately before the first up`;
}
