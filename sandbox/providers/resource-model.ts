import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";
import type { ZodType } from "zod";
import type { Props } from "./values.ts";

/** The model of one resource type of a provider. `I` is the type of its validated inputs. */
export interface ResourceModel<I> {
  /** Schema of the inputs: types, required properties, no unknown ones. */
  readonly inputs: ZodType<I>;
  /** Paths of the properties whose change replaces the resource. */
  readonly replaces?: readonly string[];
  /** Outputs that are always secret. */
  readonly secrets?: readonly string[];
  /** Adds what the provider chooses if the program does not, such as a name. */
  applyDefaults?(inputs: Props, olds: Props, name: string): Props;
  /** What the provider refuses before it calls the API. */
  check?(inputs: I): CheckFailure[];
  /** What the provider's diff compares the new inputs with. Default: the last inputs. */
  comparedWith?(known: Known): Props;
  /** Whether the provider's diff ignores the difference of two values. */
  isSame?(property: string, old: unknown, next: unknown): boolean;
  /** Whether a replacement must delete the old resource first. */
  deleteBeforeReplace?(olds: Props, news: Props): boolean;
  create(inputs: I): Promise<Created>;
  /** @returns undefined if there is no such resource */
  read(id: string, known: Known): Promise<Found | undefined>;
  update(id: string, inputs: I, known: Known): Promise<Props>;
  delete(id: string, known: Known): Promise<void>;
}

/** A resource's state. Empty while the resource is imported. */
export interface Known {
  readonly inputs: Props;
  readonly outputs: Props;
}

export interface Created {
  readonly id: string;
  /** What the system adds to the inputs. */
  readonly outputs: Props;
}

export interface Found {
  /** The ID to keep, if the requested one is the longer form of an import. */
  readonly id?: string;
  /** The inputs that match the live resource. */
  readonly inputs: Props;
  readonly outputs: Props;
}

/** The model of one function (data source) of a provider. */
export interface FunctionModel<I> {
  readonly inputs: ZodType<I>;
  invoke(inputs: I): Promise<Props>;
}

/** The model of one provider and the system that it manages. */
export interface SystemModel {
  resource(type: string): ResourceModel<unknown> | undefined;
  readonly functions: Readonly<Record<string, FunctionModel<unknown>>>;
}

/** A resource was created but did not become ready. It stays in the state, so that it can be fixed or deleted. */
export class NotReady extends Error {
  readonly id: string;
  readonly properties: Props;
  readonly reasons: readonly string[];

  constructor(id: string, properties: Props, reasons: readonly string[]) {
    super(reasons.join("; "));
    this.id = id;
    this.properties = properties;
    this.reasons = reasons;
  }
}
