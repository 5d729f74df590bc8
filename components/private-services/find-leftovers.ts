import * as pulumi from "@pulumi/pulumi";
import { findObject } from "../../providers/object-fields/find-object.ts";
import { type ConfigIssue, renderIssue } from "../config-issue.ts";
import type { LegacyObject } from "./kinds/service-exposure.ts";
import {
  isExposing,
  isStored,
  type Leftover,
  legacyPlace,
  openIssue,
  uncheckedIssue,
} from "./legacy/leftover.ts";
import { exposureOf, type PrivateService } from "./private-service.ts";
import { type StoredResources, storedResources } from "./stored-resources.ts";

/**
 * Looks up the declared legacy objects of all services in phase `tailnet`, and warns about each that is still open or
 * could not be checked. Costs one read of the API server for each. The offline plan looks nothing up.
 *
 * @returns by name of the private service
 */
export async function findLeftovers(
  services: readonly PrivateService[],
): Promise<ReadonlyMap<string, Leftover>> {
  // The state can be large, so it is read at most once, and only if an object exists.
  let stored: Promise<StoredResources | undefined> | undefined;
  const storedOnce = () => (stored ??= storedResources());
  const found = await Promise.all(
    services.map(async (service) => {
      const { legacyObject } = exposureOf(service);
      if (service.phase !== "tailnet" || legacyObject === undefined) return [];
      const leftover = await findLeftover(service.name, legacyObject, storedOnce);
      return leftover === undefined ? [] : [[service.name, leftover] as const];
    }),
  );
  return new Map(found.flat());
}

async function findLeftover(
  service: string,
  object: LegacyObject,
  stored: () => Promise<StoredResources | undefined>,
): Promise<Leftover | undefined> {
  const found = await findObject(legacyPlace(object));
  if ("failure" in found) return unchecked(service, object, found.failure);
  if (!isExposing(found)) return undefined;
  try {
    if (isStored(object, (await stored()) ?? {})) return undefined;
  } catch (error) {
    return unchecked(service, object, {
      found: `it exists, and the stack's state cannot be read: ${(error as Error).message}`,
      allowed: "a state that tells whether the stack manages the object",
      fix: "delete the object if the stack does not manage it",
    });
  }
  warn(openIssue(service, object));
  return "open";
}

function unchecked(service: string, object: LegacyObject, failure: Omit<ConfigIssue, "path">): Leftover {
  warn(uncheckedIssue(service, object, failure));
  return "unchecked";
}

function warn(issue: ConfigIssue): void {
  void pulumi.log.warn(renderIssue(issue).trimStart());
}
