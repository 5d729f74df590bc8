import type { ConfigIssue } from "../components/config-issue.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";

/** What `make adopt` says about one resource that the stack declares. */
export type Finding = ExistingResource | MissingResource | Conflict;

interface AboutResource {
  readonly resource: RecordedResource;
  /** As a person looks it up: `Ingress traefik/funnel`. */
  readonly subject: string;
}

/** It exists, and the stack can take it over. */
export interface ExistingResource extends AboutResource {
  readonly kind: "existing";
  /** What the first `up` changes, a line each. */
  readonly changes: readonly string[];
  /** Undefined if the stack takes it over without an import. */
  readonly importId: string | undefined;
}

/** It does not exist: the first `up` creates it. */
export interface MissingResource extends AboutResource {
  readonly kind: "missing";
  /** What to know or do about it, such as a credential to revoke later. */
  readonly note?: string;
}

/** The first `up` would fail, or would replace or delete something. */
export interface Conflict extends AboutResource {
  readonly kind: "conflict";
  readonly issue: Omit<ConfigIssue, "path">;
}

export function existing(
  resource: RecordedResource,
  subject: string,
  importId: string | undefined,
  changes: readonly string[],
): ExistingResource {
  return { kind: "existing", resource, subject, importId, changes };
}

export function missing(resource: RecordedResource, subject: string, note?: string): MissingResource {
  return { kind: "missing", resource, subject, ...(note !== undefined && { note }) };
}

export function conflict(
  resource: RecordedResource,
  subject: string,
  found: string,
  allowed: string,
  fix: string,
): Conflict {
  return { kind: "conflict", resource, subject, issue: { found, allowed, fix } };
}
