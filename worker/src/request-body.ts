import { EdgeFailure } from "./edge-failure.ts";
import { RecyclingReader } from "./recycling-reader.ts";
import type { RequestFraming } from "./request-head.ts";

const encoder = new TextEncoder();
const lineEnd = encoder.encode("\r\n");

/**
 * Writes the request. The connection's sending side stays open, because servers read its end as a disconnected
 * client. Rejects with an EdgeFailure if the body ends early, and with the runtime's error if the origin closes.
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
  try {
    // A body of known length goes from socket to socket inside the runtime and costs no CPU time here.
    if (framing === "sized") await body.pipeTo(writable, { preventClose: true, preventAbort: true });
    else await sendChunked(writable, body);
  } catch (error) {
    // If the connection still accepts data, the visitor's side failed.
    if (writable.getWriter().desiredSize === null) throw error;
    throw new EdgeFailure("request", 400, "the request ended within its body", error);
  }
}

async function sendChunked(
  writable: WritableStream<Uint8Array>,
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  const reader = new RecyclingReader(body);
  const writer = writable.getWriter();
  try {
    for (let data = await reader.read(); data !== undefined; data = await reader.read()) {
      const size = encoder.encode(`${data.byteLength.toString(16)}\r\n`);
      const chunk = new Uint8Array(size.byteLength + data.byteLength + 2);
      chunk.set(size);
      chunk.set(data, size.byteLength);
      chunk.set(lineEnd, size.byteLength + data.byteLength);
      await writer.write(chunk);
    }
    await writer.write(encoder.encode("0\r\n\r\n"));
  } finally {
    writer.releaseLock();
  }
}
