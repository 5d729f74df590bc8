import { expect } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { originName } from "../../tools/worker-lab/funnel.ts";
import { startRawOrigin } from "../../tools/worker-lab/raw-origin.ts";
import { startWorker } from "../../tools/worker-lab/workerd.ts";
import { cut, writePieces } from "./pieces.ts";
import { ask } from "./visitor.ts";

/** A response, and whether the origin closes the connection after it: one that is not complete would wait for more. */
export interface CutResponse {
  readonly raw: Buffer;
  readonly closes: boolean;
}

/** Responses that end by themselves, so that their connections are kept. */
export const REGULAR: readonly CutResponse[] = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
  "HTTP/1.1 204 No Content\r\nETag: x\r\n\r\n",
].map((raw) => ({ raw: Buffer.from(raw), closes: false }));

/** Sends each response through the pool, cut at every byte, and checks that the next visitor gets its own response. */
export async function checkCuts(responses: readonly CutResponse[]): Promise<void> {
  const authority = await createAuthority("trusted");
  const origin = await startRawOrigin(await authority.issue(originName), async ({ target }, connection) => {
    const [, index = "", position = ""] = target.split("/");
    const response = responses[Number(index)];
    if (response === undefined) {
      connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`);
      return;
    }
    await writePieces(connection, cut(response.raw, [Number(position)]));
    if (response.closes) connection.end();
  });
  const worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${origin.port}` },
    authorities: [authority.certificate],
    pool: true,
  });
  const get = (path: string) => ask({ worker: worker.port }, { path });
  try {
    for (const [index, { raw }] of responses.entries()) {
      for (let position = 1; position < raw.length; position += 1) {
        await get(`/${index}/${position}`).catch(() => undefined);
        const path = `/next/${index}/${position}`;
        expect((await get(path)).body.toString(), `after ${raw.toString("latin1")} cut at ${position}`).toBe(
          path,
        );
      }
    }
  } finally {
    await worker.stop();
    await origin.stop();
  }
}
