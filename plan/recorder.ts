import { runtime } from "@pulumi/pulumi";
import mocks from "@pulumi/pulumi/runtime/mocks.js";
import { type DecodedProperties, decodeProperties } from "./decode.ts";
import { STACK_TYPE, withEngineUrns } from "./engine-urns.ts";

/** A resource as the program registered it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN; undefined for the stack itself. */
  readonly parent: string | undefined;
  /** URNs of all that it waits for, named or by an input. */
  readonly dependsOn: readonly string[];
  readonly inputs: DecodedProperties["values"];
  readonly secretInputs: DecodedProperties["secrets"];
  readonly options: {
    readonly retainOnDelete: boolean;
    readonly deleteBeforeReplace: boolean;
    /** Properties whose change replaces it, beside those of which the provider says so. */
    readonly replaceOnChanges: readonly string[];
    readonly replacementTrigger: unknown;
    /** Properties that stay as they are, whatever the program says of them. */
    readonly ignoreChanges: readonly string[];
    /** The object that is taken over as it stands, instead of being made. */
    readonly importId: string | undefined;
  };
}

/** A provider function that the program called, or the type of an object that it reads, with its ID. */
export interface RecordedCall {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** All that a program did. Resources stand behind all that they depend on. */
export interface Recording {
  readonly resources: readonly RecordedResource[];
  readonly calls: readonly RecordedCall[];
  /** The stack's outputs, secrets and unknowns replaced. */
  readonly outputs: DecodedProperties["values"];
}

/** What the world answers. What is not answered is unknown, as before a first `up`. */
export interface MockAnswers {
  /** Properties that a resource has once it is made, beside its inputs; undefined, and it stays unmade. */
  readonly made?: (resource: runtime.MockResourceArgs) => { id: string; state: object } | undefined;
  /** The result of a provider function. */
  readonly called?: (call: runtime.MockCallArgs) => Record<string, unknown> | undefined;
}

export interface RecordArgs {
  readonly program: () => unknown;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Default: a world that answers nothing. */
  readonly world?: MockAnswers;
  /** Whether it is a preview, in which what is not answered is unknown; or else an update. Default: true. */
  readonly preview?: boolean;
}

/**
 * Runs a Pulumi program on the SDK's own test runtime and records what it registers.
 *
 * One at a time in a process: the runtime is global.
 *
 * @throws whatever the program threw, from an `apply` too
 */
export async function record(args: RecordArgs): Promise<Recording> {
  const { program, project, stack, config, secretKeys, world, preview = true } = args;
  const monitor = new RecordingMonitor(world ?? {});
  await runtime.setMocks(monitor.mocks, project, stack, preview);
  runtime.setMockOptions(monitor, project, stack, preview);
  runtime.setAllConfig({ ...config }, [...secretKeys]);

  await failingOnRejection(async () => {
    await runtime.runInPulumiStack(() => Promise.resolve(program()));
    await (runtime as unknown as Internals).waitForRPCs();
  });
  return monitor.recording();
}

/** Parts of the SDK that it keeps out of its types. */
interface Internals {
  waitForRPCs: () => Promise<void>;
}

/** The messages of the engine's protocol, as far as they are read here; their types are not published. */
interface RegisterRequest {
  getType: () => string;
  getName: () => string;
  getParent: () => string;
  getDependenciesList: () => string[];
  getObject: () => Struct | undefined;
  getRetainondelete: () => boolean | undefined;
  getDeletebeforereplace: () => boolean;
  getReplaceonchangesList: () => readonly string[];
  getIgnorechangesList: () => readonly string[];
  getImportid: () => string;
  getReplacementTrigger: () => { toJavaScript: () => unknown } | undefined;
}
interface Struct {
  toJavaScript: () => Record<string, unknown>;
}
type Callback<Response> = (error: Error | null, response?: Response) => void;

class RecordingMonitor extends mocks.MockMonitor {
  readonly #resources: RecordedResource[] = [];
  readonly #calls: RecordedCall[] = [];
  readonly #world: MockAnswers;
  #outputs: DecodedProperties["values"] = {};

  constructor(world: MockAnswers) {
    super({
      newResource: (resource) => {
        const made = world.made?.(resource);
        return { id: made?.id, state: { ...(resource.inputs as object), ...made?.state } };
      },
      call: (call) => world.called?.(call) ?? {},
    });
    this.#world = world;
  }

  recording(): Recording {
    return { resources: withEngineUrns(this.#resources), calls: this.#calls, outputs: this.#outputs };
  }

  override async registerResource(
    request: RegisterRequest,
    callback: Callback<{ getUrn: () => string }>,
  ): Promise<void> {
    await super.registerResource(request, (error: Error | null, response?: { getUrn: () => string }) => {
      if (response) this.#resources.push(recordedResource(request, response.getUrn()));
      callback(error, response);
    });
  }

  override async invoke(
    request: { getTok: () => string; getArgs: () => Struct },
    callback: Callback<{ setUnknown: (unknown: boolean) => void }>,
  ): Promise<void> {
    const call = { token: request.getTok(), args: request.getArgs().toJavaScript() };
    this.#calls.push(call);
    const answer = this.#world.called?.({ token: call.token, inputs: call.args });
    await super.invoke(
      request,
      (error: Error | null, response?: { setUnknown: (unknown: boolean) => void }) => {
        if (answer === undefined) response?.setUnknown(true);
        callback(error, response);
      },
    );
  }

  override async readResource(
    request: { getType: () => string; getId: () => string },
    callback: Callback<object>,
  ): Promise<void> {
    this.#calls.push({ token: request.getType(), args: { id: request.getId() } });
    await super.readResource(request, callback);
  }

  override registerResourceOutputs(
    request: { getUrn: () => string; getOutputs: () => Struct | undefined },
    callback: Callback<object>,
  ): void {
    if (request.getUrn().split("::")[2] === STACK_TYPE) {
      this.#outputs = decodeProperties(request.getOutputs()?.toJavaScript() ?? {}).values;
    }
    super.registerResourceOutputs(request, callback);
  }
}

function recordedResource(request: RegisterRequest, urn: string): RecordedResource {
  const { values, secrets } = decodeProperties(request.getObject()?.toJavaScript() ?? {});
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent() || undefined,
    dependsOn: request.getDependenciesList(),
    inputs: values,
    secretInputs: secrets,
    options: {
      retainOnDelete: request.getRetainondelete() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplace(),
      replaceOnChanges: request.getReplaceonchangesList(),
      ignoreChanges: request.getIgnorechangesList(),
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
      importId: request.getImportid() || undefined,
    },
  };
}

/**
 * An error in an `apply` surfaces as a rejection that nobody handles, and one of the program itself a second
 * time as such. Here the first of all fails the recording.
 */
async function failingOnRejection(run: () => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  const collect = (error: unknown) => errors.push(error);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", collect);
  await run().catch(collect);
  // Rejections are reported once the microtasks that could still handle them have run.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", collect);
  for (const listener of others) process.on("unhandledRejection", listener);
  if (errors.length > 0) throw errors[0] as Error;
}
