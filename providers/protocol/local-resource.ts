/** Properties of a resource as plain JSON. The engine keeps which of them are secret. */
export type Props = Readonly<Record<string, unknown>>;

/** A resource of a stack, as a request names it. */
export interface ResourceName {
  readonly project: string;
  readonly stack: string;
  readonly name: string;
}

/** Why inputs are refused. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** How one property differs. `path` is in Pulumi's syntax: `rules.sni_0.expression`. */
export interface Change {
  readonly path: string;
  readonly kind: "ADD" | "DELETE" | "UPDATE" | "UPDATE_REPLACE";
  /** Whether the preview compares the new inputs with the old inputs; false compares them with the old outputs. */
  readonly fromInputs: boolean;
}

export interface Live {
  readonly inputs: Props;
  readonly outputs: Props;
}

/** Tells the user something while an operation runs. The preview shows a warning with the resource. */
export interface Log {
  warn(message: string): void;
  info(message: string): void;
}

export interface ResourceRequest {
  readonly resource: ResourceName;
  readonly log: Log;
}

/**
 * A resource type that a local provider implements. Every method throws an Error whose message is for the user.
 *
 * In a preview, a value that is not known yet is {@link UNKNOWN}. Only `check` and `diff` see it.
 */
export interface LocalResource {
  /** Refuses inputs. Runs in every preview and update, before anything is written. */
  check(
    request: ResourceRequest & { readonly olds?: Props; readonly news: Props },
  ): Promise<readonly Failure[]>;
  /** @param request.olds - the outputs in the state */
  diff(request: ResourceRequest & { readonly olds: Props; readonly news: Props }): Promise<readonly Change[]>;
  /** @throws PartlyCreated if something exists that has to be in the state */
  create(request: ResourceRequest & { readonly news: Props }): Promise<{ id: string; outputs: Props }>;
  update(request: ResourceRequest & { readonly olds: Props; readonly news: Props }): Promise<Props>;
  /** @param request.olds - the outputs in the state; undefined for an import. @returns undefined if it does not exist */
  read(
    request: ResourceRequest & { readonly id: string; readonly olds?: Props },
  ): Promise<(Live & { readonly id: string }) | undefined>;
  delete(request: ResourceRequest & { readonly olds: Props }): Promise<void>;
}

/** Pulumi's placeholder for a value that is known after the update only. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A creation that failed halfway. The engine keeps the outputs in the state, so that the next update completes it. */
export class PartlyCreated extends Error {
  readonly id: string;
  readonly outputs: Props;

  constructor(message: string, id: string, outputs: Props) {
    super(message);
    this.id = id;
    this.outputs = outputs;
  }
}
