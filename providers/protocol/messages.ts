import engine from "@pulumi/pulumi/proto/engine_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Change, Props } from "./local-resource.ts";

/** A JSON object in a message. */
export interface Struct {
  toJavaScript(): Props;
}

/** The requests about one resource. Which getters a request has depends on its method. */
export interface ResourceMessage {
  getUrn(): string;
  getId(): string;
  getOlds(): Struct | undefined;
  getNews(): Struct | undefined;
  getProperties(): Struct | undefined;
}

/** A call of a function. */
export interface InvokeMessage {
  getTok(): string;
  getArgs(): Struct | undefined;
}

/** The engine that uses a running provider. */
export interface AttachMessage {
  getAddress(): string;
}

/** A message that is built with the generated setters. The SDK's declarations need types that it does not install. */
type Message = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Builds a message from its fields, by the name of their setter. */
function message(kind: unknown, fields: Readonly<Record<string, unknown>>): Message {
  const built = new (kind as new () => Message)();
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) built[`set${field}`]?.(value);
  return built;
}

export function structOf(props: Props): unknown {
  return (struct.Struct as unknown as { fromJavaScript(value: Props): unknown }).fromJavaScript({ ...props });
}

/** The answer to Configure: the engine removes the marks of secrets from requests, and sets them on answers. */
export function configureResponse(): Message {
  return message(provider.ConfigureResponse, { Acceptsecrets: false });
}

export function checkResponse(
  inputs: Props,
  failures: readonly { property: string; reason: string }[],
): Message {
  return message(provider.CheckResponse, {
    Inputs: structOf(inputs),
    FailuresList: failures.map(({ property, reason }) =>
      message(provider.CheckFailure, { Property: property, Reason: reason }),
    ),
  });
}

export function diffResponse(changes: readonly Change[]): Message {
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  const replaces = changes.filter(({ kind }) => kind === "UPDATE_REPLACE").map(({ path }) => path);
  const response = message(provider.DiffResponse, {
    Changes: changes.length > 0 ? DIFF_SOME : DIFF_NONE,
    ReplacesList: replaces,
    Hasdetaileddiff: true,
  });
  const details = response["getDetaileddiffMap"]?.() as Map<string, unknown>;
  for (const { path, kind, fromInputs } of changes) {
    const fields = { Kind: provider.PropertyDiff.Kind[kind], Inputdiff: fromInputs };
    details.set(path, message(provider.PropertyDiff, fields));
  }
  return response;
}

export function createResponse(id: string, outputs: Props): Message {
  return message(provider.CreateResponse, { Id: id, Properties: structOf(outputs) });
}

export function updateResponse(outputs: Props): Message {
  return message(provider.UpdateResponse, { Properties: structOf(outputs) });
}

/** Without arguments: the resource does not exist. */
export function readResponse(id = "", outputs?: Props, inputs?: Props): Message {
  return message(provider.ReadResponse, {
    Id: id,
    Properties: outputs && structOf(outputs),
    Inputs: inputs && structOf(inputs),
  });
}

export function invokeResponse(result: Props): Message {
  return message(provider.InvokeResponse, { Return: structOf(result) });
}

/** An error's details by which the engine keeps a partly created resource in the state. */
export function initFailure(text: string, id: string, outputs: Props): Buffer {
  const failure = message(provider.ErrorResourceInitFailed, {
    Id: id,
    Properties: structOf(outputs),
    ReasonsList: [text],
  });
  const details = new (any.Any as unknown as new () => Message)();
  details["pack"]?.(failure["serializeBinary"]?.(), "pulumirpc.ErrorResourceInitFailed");
  const state = message(status.Status, { Code: UNKNOWN_STATUS, Message: text });
  state["addDetails"]?.(details);
  return Buffer.from(state["serializeBinary"]?.() as Uint8Array);
}

/** gRPC's status code of an error without a more specific one. */
export const UNKNOWN_STATUS = 2;

export function logRequest(severity: "INFO" | "WARNING", urn: string, text: string): Message {
  return message(engine.LogRequest, { Severity: engine.LogSeverity[severity], Urn: urn, Message: text });
}
