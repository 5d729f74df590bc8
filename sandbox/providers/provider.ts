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
import { type Known, NotReady, type ResourceModel, type SystemModel } from "./resource-model.ts";
import { at, isRecord, plainProps, type Props, resealed, sealed } from "./values.ts";

/** Beside its outputs a resource's state holds the inputs that led to them: what the next ones are compared with. */
const INPUTS = "__inputs";

/**
 * All simulated systems behind the engine's provider protocol.
 *
 * The engine is told the same port for every package; which system is meant is in each type's name.
 */
export class SimulatedProvider implements Provider {
  // The engine warns of a provider that is older than the package that the program uses.
  readonly version = "999.0.0";
  private readonly systems: Readonly<Record<string, SystemModel>>;

  /** @param systems - by the name of the Pulumi package that they stand for */
  constructor(systems: Readonly<Record<string, SystemModel>>) {
    this.systems = systems;
  }

  check(urn: string, olds: Props, news: Props): Promise<CheckResult> {
    const model = this.model(urn);
    const inputs = model.complete?.(news, plainProps(olds), nameOf(urn)) ?? news;
    return Promise.resolve({ inputs, failures: checkInputs(model, plainProps(inputs)) });
  }

  diff(_id: string, urn: string, olds: Props, news: Props): Promise<DiffResult> {
    const model = this.model(urn);
    const { inputs: before } = known(olds);
    const after = plainProps(news);
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => !isDeepStrictEqual(before[key], after[key]) && !model.same?.(key, before[key], after[key]),
    );
    const replaces = (model.replaces ?? []).filter((path) => {
      const [property = "", ...rest] = path.split(".");
      return (
        changed.includes(property) &&
        !isDeepStrictEqual(at(before[property], rest), at(after[property], rest))
      );
    });
    return Promise.resolve({
      changes: changed.length > 0,
      replaces,
      deleteBeforeReplace: replaces.length > 0 && (model.deleteBeforeReplace?.(before, after) ?? false),
    });
  }

  async create(urn: string, inputs: Props): Promise<CreateResult> {
    const model = this.model(urn);
    const { id, outputs } = await keepingWhatWasMade(model, inputs, async () => {
      return await model.create(model.inputs.parse(plainProps(inputs)));
    });
    return { id, outs: state(model, inputs, outputs) };
  }

  async read(id: string, urn: string, props: Props): Promise<ReadResult> {
    const model = this.model(urn);
    const found = await model.read(id, known(props));
    if (found === undefined) return { id: "", props: {} };
    const inputs = resealed(found.inputs, props[INPUTS]) as Props;
    return { id: found.id ?? id, inputs, props: resealed(state(model, inputs, found.outputs), props) };
  }

  async update(id: string, urn: string, olds: Props, news: Props): Promise<UpdateResult> {
    const model = this.model(urn);
    const outputs = await keepingWhatWasMade(model, news, async () => {
      return await model.update(id, model.inputs.parse(plainProps(news)), known(olds));
    });
    return { outs: state(model, news, outputs) };
  }

  async delete(id: string, urn: string, props: Props): Promise<void> {
    await this.model(urn).delete(id, known(props));
  }

  async invoke(token: string, inputs: Props): Promise<InvokeResult> {
    const answer = this.systems[packageOf(token)]?.functions[token];
    if (answer === undefined) throw new Error(`the sandbox has no function ${token}`);
    const parsed = answer.inputs.safeParse(plainProps(inputs));
    if (parsed.success) return { outputs: await answer.invoke(parsed.data) };
    const failures = parsed.error.issues.map(({ path, message }) => ({
      property: path.join("."),
      reason: message,
    }));
    return { outputs: {}, failures };
  }

  private model(urn: string): ResourceModel<unknown> {
    const type = typeOf(urn);
    const model = this.systems[packageOf(type)]?.resource(type);
    if (model === undefined) throw new Error(`the sandbox has no resource type ${type}`);
    return model;
  }
}

/** A resource that was made and is not ready has to reach the engine with all that the state needs of it. */
async function keepingWhatWasMade<T>(
  model: ResourceModel<unknown>,
  inputs: Props,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    throw new NotReady(error.id, state(model, inputs, error.properties), error.reasons);
  }
}

function state(model: ResourceModel<unknown>, inputs: Props, outputs: Props): Props {
  const all = { ...inputs, ...(resealed(outputs, inputs) as Props) };
  const secrets = (model.secrets ?? []).filter((key) => key in all).map((key) => [key, sealed(all[key])]);
  return { ...all, ...(Object.fromEntries(secrets) as Props), [INPUTS]: inputs };
}

function known(props: Props): Known {
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
