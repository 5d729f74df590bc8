import type { LiveMetadata, LiveObject } from "../../live/kubernetes-client.ts";
import type { RecordedResource } from "../../plan/recording/recording.ts";
import { DEFAULT_OPTIONS, resource } from "../support/recorded-resource.ts";

/** A resource of the stack `one`, as the program registers it. */
export function wanted(
  type: string,
  inputs: RecordedResource["inputs"],
  options: Partial<RecordedResource["options"]> = {},
): RecordedResource {
  const urn = `urn:pulumi:one::project::${type}::name`;
  return resource(urn, undefined, { type, inputs, options: { ...DEFAULT_OPTIONS, ...options } });
}

/** A live object with the same fields and others. */
export function live(object: object, metadata: Partial<LiveMetadata> = {}): LiveObject {
  const given = object as LiveObject;
  return { ...given, metadata: { ...given.metadata, uid: "1", ...metadata } };
}
