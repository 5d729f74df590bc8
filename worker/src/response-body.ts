import type { OriginConnection } from "./origin-connection.ts";
import type { ResponseParser } from "./response-parser.ts";

type Target = WritableStream<ArrayBuffer | ArrayBufferView>;

/**
 * The body after a parsed head as a stream, null if there is none. If the body breaks off, the stream fails, so that
 * the visitor sees a broken transfer and not a short body. Calls `ended` once nothing more is read from the connection.
 *
 * @param begun - data of a chunked body that arrived with the head
 * @param ended - `complete` is false if the body broke off
 */
export function responseBody(
  parser: ResponseParser,
  connection: OriginConnection,
  begun: Uint8Array,
  ended: (complete: boolean) => void,
): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null {
  const { framing } = parser;
  if (framing.kind === "none") {
    ended(true);
    return null;
  }
  // Most bodies are small and arrive with the head. A stream would cost more than all else that is done for them.
  if (framing.kind === "sized" && parser.rest.byteLength >= framing.length) {
    const body = new Uint8Array(parser.rest.subarray(0, framing.length));
    ended(true);
    return body;
  }
  const pipe =
    framing.kind === "sized" ? new FixedLengthStream(framing.length) : new IdentityTransformStream();
  const copied =
    framing.kind === "chunked"
      ? copyChunked(parser, connection, begun, pipe.writable)
      : framing.kind === "sized"
        ? copySized(parser.rest, framing.length, connection, pipe.writable)
        : copyUntilClose(parser.rest, connection, pipe.writable);
  // Aborting the stream has already reported a failure to the visitor.
  copied.then(
    () => {
      ended(true);
    },
    () => {
      ended(false);
    },
  );
  return pipe.readable;
}

/** Reads nothing after the body: servers are known to send an additional line end. */
async function copySized(
  begun: Uint8Array,
  length: number,
  { reader }: OriginConnection,
  target: Target,
): Promise<void> {
  await fill(target, async (writer) => {
    const first = begun.subarray(0, Math.min(begun.byteLength, length));
    if (first.byteLength > 0) await writer.write(first);
    for (let remaining = length - first.byteLength; remaining > 0;) {
      const bytes = await reader.readBody(remaining);
      if (bytes === undefined) throw new Error("the origin closed the connection within a sized body");
      remaining -= bytes.byteLength;
      await writer.write(bytes);
    }
  });
}

async function copyChunked(
  parser: ResponseParser,
  { reader }: OriginConnection,
  begun: Uint8Array,
  target: Target,
): Promise<void> {
  await fill(target, async (writer) => {
    if (begun.byteLength > 0) await writer.write(begun);
    while (!parser.complete) {
      const bytes = await reader.read();
      if (bytes === undefined) throw new Error("the origin closed the connection within a chunked body");
      const data = parser.push(bytes);
      if (data.byteLength > 0) await writer.write(data);
    }
  });
}

async function fill(
  target: Target,
  copy: (writer: WritableStreamDefaultWriter<ArrayBuffer | ArrayBufferView>) => Promise<void>,
): Promise<void> {
  const writer = target.getWriter();
  try {
    await copy(writer);
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}

/** The runtime passes the rest from socket to socket, which costs no CPU time of the Worker. */
async function copyUntilClose(
  begun: Uint8Array,
  { reader, readable }: OriginConnection,
  target: Target,
): Promise<void> {
  reader.release();
  if (begun.byteLength > 0) {
    const writer = target.getWriter();
    await writer.write(begun);
    writer.releaseLock();
  }
  await readable.pipeTo(target);
}
