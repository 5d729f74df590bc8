import {
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { EngineLog } from "./engine-log.ts";
import type { LocalFunction } from "./local-function.ts";
import {
  type LocalResource,
  PartlyCreated,
  type Props,
  type ResourceName,
  type ResourceRequest,
} from "./local-resource.ts";
import * as messages from "./messages.ts";

type Answer = (error: object | null, response?: object) => void;
type Method = (call: { readonly request: messages.ResourceMessage }, answer: Answer) => void;

/** The engine refuses larger messages too. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** What a local provider serves, by token: `edge-rules:index:ZoneRules`. */
export interface LocalProvider {
  readonly resources: Readonly<Record<string, LocalResource>>;
  readonly functions?: Readonly<Record<string, LocalFunction>>;
}

/** A provider, with the engine that uses it. */
interface Served extends LocalProvider {
  readonly engine: string | undefined;
  readonly log: EngineLog;
}

/**
 * Serves a local provider to the engine, which starts the process with its own address as the argument, and reads the
 * port from the first line of standard output. At the end of a run it sends SIGINT, and waits five seconds for a process
 * that ignores it. Ctrl-C does not reach the process, which is in a group of its own.
 *
 * A process that runs already serves one run after the other (`PULUMI_DEBUG_PROVIDERS`). Each run is an engine of its own
 * address, which attaches itself once or more often.
 *
 * It speaks the protocol directly: `@pulumi/pulumi/provider` has no detailed diff, and fails on imports.
 *
 * @param create - makes the provider for one run, so that no connection or setting of an earlier run is used
 */
export async function serveProvider(create: () => LocalProvider): Promise<void> {
  const serve = (engine: string | undefined): Served => ({ ...create(), engine, log: new EngineLog(engine) });
  let served = serve(engineAddress());
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const { ResourceProviderService } = providerService as unknown as {
    ResourceProviderService: ServiceDefinition;
  };
  server.addService(ResourceProviderService, {
    ...methods(() => served),
    attach: ({ request }: { readonly request: messages.AttachMessage }, answer: Answer) => {
      const engine = request.getAddress();
      if (engine !== served.engine) served = serve(engine);
      answer(null, new empty.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  process.stdout.write(`${port}\n`);
}

function engineAddress(): string | undefined {
  return process.argv.slice(2).find((argument) => !argument.startsWith("-"));
}

function methods(served: () => Served): UntypedServiceImplementation {
  const method =
    (
      run: (
        resource: LocalResource,
        named: ResourceRequest,
        request: messages.ResourceMessage,
      ) => Promise<object>,
    ): Method =>
    ({ request }, answer) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const { resources, log } = served();
      const resource = resources[type];
      if (resource === undefined) {
        answer(errorOf(new Error(`this provider has no resource type ${type}`)));
        return;
      }
      run(resource, { resource: nameOf(urn), log: log.of(urn) }, request).then(
        (response) => {
          answer(null, response);
        },
        (error: unknown) => {
          answer(errorOf(error as Error));
        },
      );
    };
  return {
    configure: (_call: unknown, answer: Answer) => {
      answer(null, messages.configureResponse());
    },
    getPluginInfo: (_call: unknown, answer: Answer) => {
      answer(null, new plugin.PluginInfo());
    },
    cancel: (_call: unknown, answer: Answer) => {
      answer(null, new empty.Empty());
    },
    check: method(async (resource, named, request) => {
      const olds = props(request.getOlds());
      const news = props(request.getNews());
      // The engine sends an empty object for a resource that is not in the state.
      const known = Object.keys(olds).length > 0 ? { olds } : {};
      return messages.checkResponse(news, await resource.check({ ...named, ...known, news }));
    }),
    diff: method(async (resource, named, request) =>
      messages.diffResponse(
        await resource.diff({ ...named, olds: props(request.getOlds()), news: props(request.getNews()) }),
      ),
    ),
    create: method(async (resource, named, request) => {
      const { id, outputs } = await resource.create({ ...named, news: props(request.getProperties()) });
      return messages.createResponse(id, outputs);
    }),
    update: method(async (resource, named, request) =>
      messages.updateResponse(
        await resource.update({ ...named, olds: props(request.getOlds()), news: props(request.getNews()) }),
      ),
    ),
    read: method(async (resource, named, request) => {
      const olds = props(request.getProperties());
      const known = Object.keys(olds).length > 0 ? { olds } : {};
      const found = await resource.read({ ...named, ...known, id: request.getId() });
      return found ? messages.readResponse(found.id, found.outputs, found.inputs) : messages.readResponse();
    }),
    delete: method(async (resource, named, request) => {
      await resource.delete({ ...named, olds: props(request.getProperties()) });
      return new empty.Empty();
    }),
    invoke: invokeMethod(served),
  };
}

function invokeMethod(served: () => Served) {
  return ({ request }: { readonly request: messages.InvokeMessage }, answer: Answer) => {
    const token = request.getTok();
    const answered =
      served().functions?.[token]?.(props(request.getArgs())) ??
      Promise.reject(new Error(`this provider has no function ${token}`));
    answered.then(
      (result) => {
        answer(null, messages.invokeResponse(result));
      },
      (error: unknown) => {
        answer(errorOf(error as Error));
      },
    );
  };
}

function props(struct: messages.Struct | undefined): Props {
  return struct?.toJavaScript() ?? {};
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
function nameOf(urn: string): ResourceName {
  const [stack = "", project = "", , name = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, name };
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The engine prints the message. A stack trace would tell a user nothing. */
function errorOf(error: Error): object {
  const metadata = new Metadata();
  if (error instanceof PartlyCreated) {
    metadata.add("grpc-status-details-bin", messages.initFailure(error.message, error.id, error.outputs));
  }
  return { code: messages.UNKNOWN_STATUS, details: error.message, metadata };
}
