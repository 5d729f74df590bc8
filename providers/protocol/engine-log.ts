import { type Client, credentials } from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { Log } from "./local-resource.ts";
import { logRequest } from "./messages.ts";

/** The part of the engine's service that is used here. */
type EngineClient = Client & { log(request: unknown, callback: (error: Error | null) => void): void };

/** Writes to the engine's log, with the resource that a message is about. */
export class EngineLog {
  readonly #client: EngineClient | undefined;
  readonly #written = new Set<string>();

  /** @param address - the engine's; undefined writes nothing */
  constructor(address: string | undefined) {
    const { EngineClient } = engineService as unknown as {
      EngineClient: new (address: string, insecure: object) => EngineClient;
    };
    this.#client = address ? new EngineClient(address, credentials.createInsecure()) : undefined;
  }

  of(urn: string): Log {
    const write = (severity: "INFO" | "WARNING", message: string) => {
      // The engine compares after reading and again with the program: the same message is written once.
      const key = `${urn} ${message}`;
      if (this.#written.has(key)) return;
      this.#written.add(key);
      // A lost message must not fail the operation.
      this.#client?.log(logRequest(severity, urn, message), () => undefined);
    };
    return {
      info: (message) => {
        write("INFO", message);
      },
      warn: (message) => {
        write("WARNING", message);
      },
    };
  }
}
