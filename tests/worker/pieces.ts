import type { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";

/** Cuts bytes at the given positions, which ascend and may repeat. */
export function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const edges = [0, ...positions, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

/** Writes each piece in its own turn of the event loop, and therefore in its own packet. */
export async function writePieces(stream: Writable, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    stream.write(piece);
    await setImmediate();
  }
}
