import type { DecodedProperties } from "./decode.ts";

/** A resource as the program registered it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The parent's URN; undefined for the stack itself. */
  readonly parent: string | undefined;
  /** URNs of all resources that it waits for, through `dependsOn` or an input. */
  readonly dependsOn: readonly string[];
  readonly inputs: DecodedProperties["values"];
  readonly secretInputs: DecodedProperties["secrets"];
  readonly options: {
    readonly retainOnDelete: boolean;
    /** Whether the provider keeps it if the resource that it belongs to is deleted too (`deletedWith`). */
    readonly isDeletedWithAnother: boolean;
    readonly deleteBeforeReplace: boolean;
    /** Properties whose change replaces the resource, in addition to those that the provider names. */
    readonly replaceOnChanges: readonly string[];
    readonly replacementTrigger: unknown;
    /** Properties that keep their current value, whatever the program sets. */
    readonly ignoreChanges: readonly string[];
    /** ID of the existing object that is imported instead of created. */
    readonly importId: string | undefined;
    /** Names of its hooks with their operation: `beforeCreate traefik-lock-settled`. */
    readonly hooks: readonly string[];
  };
}

/** A provider function that the program called, or the type and ID of an object that it read. */
export interface RecordedCall {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Everything that a program did. Each resource comes after all resources that it depends on. */
export interface Recording {
  readonly resources: readonly RecordedResource[];
  readonly calls: readonly RecordedCall[];
  /** The stack's outputs, with secrets and unknown values replaced. */
  readonly outputs: DecodedProperties["values"];
}
