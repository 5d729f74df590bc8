import { HopFailure } from "./failure.ts";
import type { RequestFraming } from "./request-head.ts";

const encoder = new TextEncoder();

/**
 * Writes the request. The connection's sending side stays open: servers take its end for a visitor who has
 * gone. Rejects with a HopFailure when the body ends before it is whole, and with the runtime's error when
 * the origin stops reading.
 */
export async function sendRequest(
  writable: WritableStream<Uint8Array>,
  head: string,
  body: ReadableStream<Uint8Array> | null,
  framing: RequestFraming,
): Promise<void> {
  const writer = writable.getWriter();
  await writer.write(encoder.encode(head));
  writer.releaseLock();
  if (body === null) return;
  // A body of known length goes from socket to socket inside the runtime and costs no CPU time here.
  const framed = framing === "chunked" ? body.pipeThrough(chunkEncoder()) : body;
  try {
    await framed.pipeTo(writable, { preventClose: true, preventAbort: true });
  } catch (error) {
    // Only a connection that still takes data can have been let down by the visitor's side.
    if (writable.getWriter().desiredSize !== null)
      throw new HopFailure("request", 400, "the request ended within its body", error);
    throw error;
  }
}

function chunkEncoder(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      // An empty chunk would be the end of the body.
      if (chunk.byteLength === 0) return;
      controller.enqueue(encoder.encode(`${chunk.byteLength.toString(16)}\r\n`));
      controller.enqueue(chunk);
      controller.enqueue(encoder.encode("\r\n"));
    },
    flush(controller) {
      controller.enqueue(encoder.encode("0\r\n\r\n"));
    },
  });
}
