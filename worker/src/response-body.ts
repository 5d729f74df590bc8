import type { OriginConnection } from "./origin-connection.ts";
import type { ResponseParser } from "./response-parser.ts";

/**
 * The body behind a parsed head as a stream, null where there is none. A body that breaks off makes the stream
 * fail, so that the visitor sees a broken transfer and not a short body. The connection is closed at either end.
 */
export function responseBody(
  parser: ResponseParser,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  connection: OriginConnection,
  begun: Uint8Array[],
): ReadableStream<Uint8Array> | null {
  const { framing } = parser;
  if (framing.kind === "none") {
    connection.close();
    return null;
  }
  const pipe =
    framing.kind === "sized" ? new FixedLengthStream(framing.length) : new IdentityTransformStream();
  const filled =
    framing.kind === "chunked"
      ? decode(parser, reader, begun, pipe.writable)
      : pass(parser, reader, connection.readable, pipe.writable);
  // The failure has reached the visitor through the stream by then.
  filled.catch(() => undefined).finally(connection.close);
  return pipe.readable;
}

/** Hands the rest of the connection to the runtime: from socket to socket at no CPU time of the Worker. */
async function pass(
  { framing, rest }: ResponseParser,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  source: ReadableStream<Uint8Array>,
  target: WritableStream<ArrayBuffer | ArrayBufferView>,
): Promise<void> {
  reader.releaseLock();
  const length = framing.kind === "sized" ? framing.length : Infinity;
  const writer = target.getWriter();
  // Bytes behind the body are nobody's; servers are known to send a line end too many.
  if (rest.byteLength > 0) await writer.write(rest.subarray(0, Math.min(rest.byteLength, length)));
  if (rest.byteLength >= length) {
    await writer.close();
    return;
  }
  writer.releaseLock();
  await source.pipeTo(target);
}

async function decode(
  parser: ResponseParser,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  begun: Uint8Array[],
  target: WritableStream<ArrayBuffer | ArrayBufferView>,
): Promise<void> {
  const writer = target.getWriter();
  try {
    for (const data of begun) await writer.write(data);
    while (!parser.complete) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the origin closed the connection within a chunked body");
      for (const data of parser.push(value)) await writer.write(data);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
  }
}
