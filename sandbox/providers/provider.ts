import { isDeepStrictEqual } from "node:util";
import type {
  CheckResult,
  CreateResult,
  DiffResult,
  InvokeResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import { checkInputs } from "./check-inputs.ts";
import { type PropertyChange, propertyChanges } from "./property-changes.ts";
import { type Known, NotReady, type ResourceModel, type SystemModel } from "./resource-model.ts";
import { asSecret, isRecord, markSecret, plainProps, type Props, valueAt } from "./values.ts";

/** A diff with every property that differs. */
interface DetailedDiff extends DiffResult {
  readonly details: readonly PropertyChange[];
}

/** Key in a resource's state for its last inputs, which a diff compares with the new ones. */
const INPUTS = "__inputs";

/**
 * Serves all simulated systems with Pulumi's provider protocol.
 *
 * The engine attaches every package to the same port. The type of a resource tells which system it belongs to.
 */
export class SimulatedProvider implements Provider {
  // The engine warns if a provider is older than the program's package.
  readonly version = "999.0.0";
  readonly #systems: Readonly<Record<string, SystemModel>>;

  /** @param systems - by the name of their Pulumi package */
  constructor(systems: Readonly<Record<string, SystemModel>>) {
    this.#systems = systems;
  }

  check(urn: string, olds: Props, news: Props): Promise<CheckResult> {
    const model = this.#model(urn);
    const inputs = model.applyDefaults?.(news, plainProps(olds), nameOf(urn)) ?? news;
    return Promise.resolve({ inputs, failures: checkInputs(model, plainProps(inputs)) });
  }

  diff(_id: string, urn: string, olds: Props, news: Props): Promise<DetailedDiff> {
    const model = this.#model(urn);
    const known = knownState(olds);
    const before = model.comparedWith?.(known) ?? known.inputs;
    const after = plainProps(news);
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => !isDeepStrictEqual(before[key], after[key]) && !model.isSame?.(key, before[key], after[key]),
    );
    const replaces = (model.replaces ?? []).filter((path) => {
      const [property = "", ...rest] = path.split(".");
      return (
        changed.includes(property) &&
        !isDeepStrictEqual(valueAt(before[property], rest), valueAt(after[property], rest))
      );
    });
    return Promise.resolve({
      changes: changed.length > 0,
      replaces,
      deleteBeforeReplace: replaces.length > 0 && (model.deleteBeforeReplace?.(known.inputs, after) ?? false),
      details: [
        ...changed.flatMap((key) => propertyChanges(before[key], after[key], key)),
        ...replaces.map((path) => ({ path, kind: "UPDATE_REPLACE" as const })),
      ],
    });
  }

  async create(urn: string, inputs: Props): Promise<CreateResult> {
    const model = this.#model(urn);
    const { id, outputs } = await withFullState(model, inputs, async () => {
      return await model.create(model.inputs.parse(plainProps(inputs)));
    });
    return { id, outs: stateOf(model, inputs, outputs) };
  }

  async read(id: string, urn: string, props: Props): Promise<ReadResult> {
    const model = this.#model(urn);
    const found = await model.read(id, knownState(props));
    if (found === undefined) return { id: "", props: {} };
    const inputs = markSecret(found.inputs, props[INPUTS]) as Props;
    return { id: found.id ?? id, inputs, props: markSecret(stateOf(model, inputs, found.outputs), props) };
  }

  async update(id: string, urn: string, olds: Props, news: Props): Promise<UpdateResult> {
    const model = this.#model(urn);
    const outputs = await withFullState(model, news, async () => {
      return await model.update(id, model.inputs.parse(plainProps(news)), knownState(olds));
    });
    return { outs: stateOf(model, news, outputs) };
  }

  async delete(id: string, urn: string, props: Props): Promise<void> {
    await this.#model(urn).delete(id, knownState(props));
  }

  async invoke(token: string, inputs: Props): Promise<InvokeResult> {
    const answer = this.#systems[packageOf(token)]?.functions[token];
    if (answer === undefined) throw new Error(`the sandbox has no function ${token}`);
    const parsed = answer.inputs.safeParse(plainProps(inputs));
    if (parsed.success) return { outputs: await answer.invoke(parsed.data) };
    const failures = parsed.error.issues.map(({ path, message }) => ({
      property: path.join("."),
      reason: message,
    }));
    return { outputs: {}, failures };
  }

  #model(urn: string): ResourceModel<unknown> {
    const type = typeOf(urn);
    const model = this.#systems[packageOf(type)]?.resource(type);
    if (model === undefined) throw new Error(`the sandbox has no resource type ${type}`);
    return model;
  }
}

/** Adds inputs and secrets to the state of a resource that is not ready: the engine stores it from the error. */
async function withFullState<T>(
  model: ResourceModel<unknown>,
  inputs: Props,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    throw new NotReady(error.id, stateOf(model, inputs, error.properties), error.reasons);
  }
}

function stateOf(model: ResourceModel<unknown>, inputs: Props, outputs: Props): Props {
  const all = { ...inputs, ...(markSecret(outputs, inputs) as Props) };
  const secrets = (model.secrets ?? []).filter((key) => key in all).map((key) => [key, asSecret(all[key])]);
  return { ...all, ...(Object.fromEntries(secrets) as Props), [INPUTS]: inputs };
}

function knownState(props: Props): Known {
  const { [INPUTS]: inputs, ...outputs } = plainProps(props);
  return { inputs: isRecord(inputs) ? inputs : {}, outputs };
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? urn;
}

function nameOf(urn: string): string {
  return urn.split("::")[3] ?? urn;
}

function packageOf(token: string): string {
  return token.split(":")[0] ?? token;
}
