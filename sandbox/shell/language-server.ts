import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as automation from "@pulumi/pulumi/automation/server.js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";

/** Serves a program to the engine, as the Automation API does for an inline program. */
export interface ServedProgram {
  /** On the loopback interface. */
  readonly port: number;
  stop(): void;
}

/** The SDK exports the class, but leaves it out of its types. */
const { LanguageServer } = automation as unknown as {
  LanguageServer: new (program: () => Promise<unknown>) => UntypedServiceImplementation;
};
const { LanguageRuntimeService } = languageService as unknown as {
  LanguageRuntimeService: ServiceDefinition;
};

/** Serves a program on a free port of this machine. */
export async function serveProgram(program: () => Promise<unknown>): Promise<ServedProgram> {
  const server = new Server();
  server.addService(LanguageRuntimeService, new LanguageServer(program));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    port,
    stop: () => {
      server.forceShutdown();
    },
  };
}
