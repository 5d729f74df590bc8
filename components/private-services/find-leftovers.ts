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
import type { ReadState } from "./stored-resources.ts";

/**
 * Looks up the declared legacy objects of all services in phase `tailnet`, and warns about each that is still open or
 * could not be checked. Costs one read of the API server for each, and the state if one exists. The offline plan looks
 * nothing up.
 *
 * @returns by name of the private service
 */
export async function findLeftovers(
  services: readonly PrivateService[],
  readState: ReadState,
): Promise<ReadonlyMap<string, Leftover>> {
  const found = await Promise.all(
    services.map(async (service) => {
      const { legacyObject } = exposureOf(service);
      if (service.phase !== "tailnet" || legacyObject === undefined) return [];
      const leftover = await findLeftover(service.name, legacyObject, readState);
      return leftover === undefined ? [] : [[service.name, leftover] as const];
    }),
  );
  return new Map(found.flat());
}

async function findLeftover(
  service: string,
  object: LegacyObject,
  readState: ReadState,
): Promise<Leftover | undefined> {
  const found = await findObject(legacyPlace(object));
  if ("failure" in found) return unchecked(service, object, found.failure);
  if (!isExposing(found)) return undefined;
  try {
    if (isStored(object, await readState())) return undefined;
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
