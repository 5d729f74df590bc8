import type { LiveObject } from "../live/kubernetes-client.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import { type Difference, differenceLine, differences, isCovered } from "./differences.ts";
import { managersOfField } from "./field-managers.ts";
import { conflict, existing, type Finding, missing } from "./finding.ts";
import { importId } from "./import-ids.ts";
import { objectOwner, type StackRelease } from "./object-owner.ts";

/** A wanted object's place. */
export interface ObjectPlace {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Fields that are never compared: those of Pulumi alone, and the values of a Secret. */
const NOT_COMPARED = /^(apiVersion$|kind$|metadata\.annotations\["pulumi\.com\/|data\b|stringData\b)/;

/** The place of a Kubernetes object; undefined for another resource, a patch, or a name that is not known yet. */
export function objectPlace({ type, inputs }: RecordedResource): ObjectPlace | undefined {
  if (!type.startsWith("kubernetes:") || type.endsWith("Patch") || type.endsWith(":Release"))
    return undefined;
  const { apiVersion, kind, metadata } = inputs as Partial<ObjectPlace> & {
    readonly metadata?: Partial<ObjectPlace>;
  };
  if (apiVersion === undefined || kind === undefined || metadata?.name === undefined) return undefined;
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** `Ingress traefik/funnel`. */
export function subjectOf({ kind, namespace, name }: ObjectPlace): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Compares an object that the stack declares with the live one. */
export function compareObject(
  resource: RecordedResource,
  place: ObjectPlace,
  live: LiveObject | undefined,
  release: StackRelease | undefined,
): Finding {
  const subject = subjectOf(place);
  if (live === undefined) {
    return resource.options.importId === undefined
      ? missing(resource, subject)
      : conflict(
          resource,
          subject,
          "no such object",
          "an existing object, because the service has adopt: true",
          "remove adopt: true, so that the stack creates the object",
        );
  }
  if (live.metadata.deletionTimestamp !== undefined) {
    const finalizers = (live.metadata.finalizers ?? []).join(", ");
    return conflict(
      resource,
      subject,
      `an object that is being deleted${finalizers === "" ? "" : `, with the finalizers ${finalizers}`}`,
      "an object that stays, or none",
      "wait until it is gone; if it stays, the operator that removes its finalizers is not running",
    );
  }
  const owner = objectOwner(live.metadata, release);
  if (owner !== undefined) {
    return conflict(
      resource,
      subject,
      `an object that ${owner.name} manages`,
      "an object of no other tool",
      owner.fix,
    );
  }
  const changed = changesOf(resource, live);
  return (
    replacement(resource, subject, changed) ??
    ownedFields(resource, subject, changed, live) ??
    existing(resource, subject, idOf(resource, place), changed.map(differenceLine).concat(secretLine(place)))
  );
}

function changesOf({ inputs, options }: RecordedResource, live: LiveObject): readonly Difference[] {
  return differences(inputs, live).filter(
    ({ path }) => !NOT_COMPARED.test(path) && !isCovered(path, options.ignoreChanges),
  );
}

/** An object with `adopt: true` is imported by the program itself. */
function idOf({ type, options }: RecordedResource, { namespace, name }: ObjectPlace): string | undefined {
  return options.importId === undefined ? importId(type, { namespace, name }) : undefined;
}

function secretLine({ kind }: ObjectPlace): readonly string[] {
  return kind === "Secret" ? ["data: the stack's credential replaces the values"] : [];
}

/** Paths whose change replaces an object, besides those that the program names (Pulumi Kubernetes, `diff.go`). */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  Service: ["spec.clusterIP"],
  Secret: ["type"],
};

function replacement(resource: RecordedResource, subject: string, changed: readonly Difference[]) {
  const replacing = [...resource.options.replaceOnChanges, ...(REPLACING[subject.split(" ")[0] ?? ""] ?? [])];
  const found = changed.filter(({ path }) => isCovered(path, replacing));
  if (found.length === 0) return undefined;
  return conflict(
    resource,
    subject,
    `an object that the first up would replace, because of\n${found.map(differenceLine).join("\n")}`,
    "an object whose names and addresses are those of the stack's file",
    "set the stack's file to the live values, or delete the object if it may be down for a moment",
  );
}

function ownedFields(
  resource: RecordedResource,
  subject: string,
  changed: readonly Difference[],
  { metadata }: LiveObject,
) {
  const isForced = JSON.stringify(resource.inputs["metadata"] ?? {}).includes(
    '"pulumi.com/patchForce":"true"',
  );
  const owned = changed.flatMap((difference) => {
    const managers = difference.live === undefined ? [] : managersOfField(metadata, difference.path);
    return managers.length === 0 ? [] : [`${differenceLine(difference)} (manager ${managers.join(", ")})`];
  });
  if (isForced || owned.length === 0) return undefined;
  return conflict(
    resource,
    subject,
    `fields that another manager owns, with other values\n${owned.join("\n")}`,
    "the values of the stack's file, or fields that nobody else manages",
    "set the stack's file to the live values; if nothing writes the old ones again, run the first up as PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up",
  );
}
