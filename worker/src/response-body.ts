import type { OriginConnection } from "./origin-connection.ts";
import type { RecyclingReader } from "./recycling-reader.ts";
import type { ResponseParser } from "./response-parser.ts";

/**
 * The body behind a parsed head as a stream, null where there is none. A body that breaks off makes the stream
 * fail, so that the visitor sees a broken transfer and not a short body. The connection is closed at either end.
 */
export function responseBody(
  parser: ResponseParser,
  reader: RecyclingReader,
  connection: OriginConnection,
  begun: Uint8Array,
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
  reader: RecyclingReader,
  source: ReadableStream<Uint8Array>,
  target: WritableStream<ArrayBuffer | ArrayBufferView>,
): Promise<void> {
  reader.release();
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
  reader: RecyclingReader,
  begun: Uint8Array,
  target: WritableStream<ArrayBuffer | ArrayBufferView>,
): Promise<void> {
  const writer = target.getWriter();
  try {
    if (begun.byteLength > 0) await writer.write(begun);
    while (!parser.complete) {
      const bytes = await reader.read();
      if (bytes === undefined) throw new Error("the origin closed the connection within a chunked body");
      const data = parser.push(bytes);
      if (data.byteLength > 0) await writer.write(data);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
  }
}
