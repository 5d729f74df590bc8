import { within } from "./deadline.ts";
import { EdgeFailure } from "./edge-failure.ts";
import { RecyclingReader } from "./recycling-reader.ts";
import type { RequestFraming } from "./request-head.ts";

type Write = (bytes: Uint8Array) => Promise<void>;

const encoder = new TextEncoder();
const LINE_END = encoder.encode("\r\n");

/**
 * Writes the request. The connection's sending side stays open, because servers read its end as a disconnected
 * client. Rejects with an EdgeFailure if the visitor's body ends early or the origin accepts nothing of a request with a
 * body for `timeout` milliseconds, and with the runtime's error if the origin closes.
 */
export async function sendRequest(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  head: string,
  body: ReadableStream<Uint8Array> | null,
  framing: RequestFraming,
  timeout: number,
): Promise<void> {
  const late = () => new EdgeFailure("response", 504, `the origin read nothing for ${timeout} ms`);
  const write: Write = (bytes) => within(timeout, writer.write(bytes), late);
  // The deadline of the response covers a request without a body.
  if (body === null) {
    await writer.write(encoder.encode(head));
    return;
  }
  await write(encoder.encode(head));
  const reader = new RecyclingReader(body);
  if (framing.kind === "sized") await sendSized(reader, framing.length, write);
  else await sendChunked(reader, write);
}

async function sendSized(reader: RecyclingReader, length: number, write: Write): Promise<void> {
  for (let remaining = length; remaining > 0;) {
    const data = await fromVisitor(reader.readBody(remaining));
    if (data === undefined) throw new EdgeFailure("request", 400, "the request ended within its body");
    remaining -= data.byteLength;
    await write(data);
  }
}

async function sendChunked(reader: RecyclingReader, write: Write): Promise<void> {
  for (;;) {
    const data = await fromVisitor(reader.read());
    if (data === undefined) break;
    const size = encoder.encode(`${data.byteLength.toString(16)}\r\n`);
    const chunk = new Uint8Array(size.byteLength + data.byteLength + 2);
    chunk.set(size);
    chunk.set(data, size.byteLength);
    chunk.set(LINE_END, size.byteLength + data.byteLength);
    await write(chunk);
  }
  await write(encoder.encode("0\r\n\r\n"));
}

/** Without this, a body that the visitor breaks off would look the same as an origin that closes. */
async function fromVisitor<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw new EdgeFailure("request", 400, "the request ended within its body", error);
  }
}
