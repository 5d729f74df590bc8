import type { RequestFraming } from "./request-head.ts";

const encoder = new TextEncoder();

/**
 * Writes the request. The connection's sending side stays open: servers take its end for a visitor who has
 * gone. When the visitor goes before the body is whole, the connection is broken off, never ended in order.
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
  await framed.pipeTo(writable, { preventClose: true });
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
