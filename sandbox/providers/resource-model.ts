import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";
import type { ZodType } from "zod";
import type { Props } from "./values.ts";

/** How a simulated system treats one type of resource. `I` is what the schema lets through. */
export interface ResourceModel<I> {
  /** What the provider takes: required and unknown properties, types. */
  readonly inputs: ZodType<I>;
  /** Paths of the properties whose change makes a new resource in place of the old one. */
  readonly replaces?: readonly string[];
  /** Outputs that are secret whatever the inputs were. */
  readonly secrets?: readonly string[];
  /** Fills in what the provider chooses where the program does not, such as a name. */
  complete?(inputs: Props, olds: Props, name: string): Props;
  /** What the provider refuses before it calls anything. */
  check?(inputs: I): CheckFailure[];
  /** Values that differ and mean the same to the provider. */
  same?(property: string, old: unknown, next: unknown): boolean;
  /** Whether a replacement has to remove the old resource first. */
  deleteBeforeReplace?(olds: Props, news: Props): boolean;
  create(inputs: I): Promise<Created>;
  /** @returns undefined if there is no such resource (any more) */
  read(id: string, known: Known): Promise<Found | undefined>;
  update(id: string, inputs: I, known: Known): Promise<Props>;
  delete(id: string, known: Known): Promise<void>;
}

/** What the state holds of a resource; empty while it is imported. */
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
  /** The ID to keep, where the one that was asked for is an import's longer form. */
  readonly id?: string;
  /** The inputs that would lead to what was found. */
  readonly inputs: Props;
  readonly outputs: Props;
}

/** How a simulated system answers one data source. */
export interface FunctionModel<I> {
  readonly inputs: ZodType<I>;
  invoke(inputs: I): Promise<Props>;
}

/** One simulated system. */
export interface SystemModel {
  resource(type: string): ResourceModel<unknown> | undefined;
  readonly functions: Readonly<Record<string, FunctionModel<unknown>>>;
}

/** The system made the resource, and it did not become ready: it stays in the state, to be mended or deleted. */
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
