import type { runtime } from "@pulumi/pulumi";
import mocks from "@pulumi/pulumi/runtime/mocks.js";
import { type DecodedProperties, decodeProperties } from "./decode.ts";
import { STACK_TYPE, withEngineUrns } from "./engine-urns.ts";
import type { RecordedCall, RecordedResource, Recording } from "./recording.ts";

/** What the providers would answer. Everything without an answer is unknown, as before a first `up`. */
export interface MockAnswers {
  /** The ID and further properties of a created resource; undefined leaves both unknown. */
  readonly newResource?: (resource: runtime.MockResourceArgs) => { id: string; state: object } | undefined;
  /** The result of a provider function; undefined leaves it unknown. */
  readonly call?: (call: runtime.MockCallArgs) => Record<string, unknown> | undefined;
}

/** The messages of the engine's protocol, as far as they are read here. The SDK does not publish their types. */
interface RegisterRequest {
  getType: () => string;
  getName: () => string;
  getParent: () => string;
  getDependenciesList: () => string[];
  getObject: () => Struct | undefined;
  getRetainondelete: () => boolean | undefined;
  getDeletedwith: () => string;
  getDeletebeforereplace: () => boolean;
  getReplaceonchangesList: () => readonly string[];
  getIgnorechangesList: () => readonly string[];
  getImportid: () => string;
  getHooks: () => { toObject: () => Readonly<Record<string, readonly string[]>> } | undefined;
  getReplacementTrigger: () => { toJavaScript: () => unknown } | undefined;
}
interface Struct {
  toJavaScript: () => Record<string, unknown>;
}
type Callback<Response> = (error: Error | null, response?: Response) => void;

/** The SDK's mock of the engine, extended to keep every request. */
export class RecordingMonitor extends mocks.MockMonitor {
  readonly #resources: RecordedResource[] = [];
  readonly #calls: RecordedCall[] = [];
  readonly #answers: MockAnswers;
  #outputs: DecodedProperties["values"] = {};

  constructor(answers: MockAnswers) {
    super({
      newResource: (resource) => {
        const answer = answers.newResource?.(resource);
        return { id: answer?.id, state: { ...(resource.inputs as object), ...answer?.state } };
      },
      call: (call) => answers.call?.(call) ?? {},
    });
    this.#answers = answers;
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
    // Only calls of providers: the engine answers its own functions from the stack's state.
    if (!call.token.startsWith("pulumi:pulumi:")) this.#calls.push(call);
    const answer = this.#answers.call?.({ token: call.token, inputs: call.args });
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

  /** The SDK's mock lacks it. No hook runs: nothing is created. */
  registerResourceHook(_request: object, callback: Callback<object>): void {
    callback(null, {});
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
      isDeletedWithAnother: request.getDeletedwith() !== "",
      deleteBeforeReplace: request.getDeletebeforereplace(),
      replaceOnChanges: request.getReplaceonchangesList(),
      ignoreChanges: request.getIgnorechangesList(),
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
      importId: request.getImportid() || undefined,
      hooks: hooksOf(request),
    },
  };
}

/** The binding names the lists of an operation `beforeCreateList`, `onErrorList`, … */
function hooksOf(request: RegisterRequest): readonly string[] {
  return Object.entries(request.getHooks()?.toObject() ?? {}).flatMap(([list, names]) =>
    names.map((name) => `${list.replace(/List$/, "")} ${name}`),
  );
}
