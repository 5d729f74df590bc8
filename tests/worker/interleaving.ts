import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import fc from "fast-check";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { originName, publicHost } from "../../tools/worker-lab/funnel.ts";
import { startRawOrigin } from "../../tools/worker-lab/raw-origin.ts";
import { startWorker } from "../../tools/worker-lab/workerd.ts";

const HEAD = "HTTP/1.1 200 OK\r\n";

/** How the origin responds. Each gets the bytes that belong to this request; all but `early close` send them all. */
const BEHAVIOURS = {
  sized: (own: string) => [`${HEAD}Content-Length: ${own.length}\r\nX-Own: ${own}\r\n\r\n${own}`],
  chunked: (own: string) => [
    `${HEAD}Transfer-Encoding: chunked\r\nX-Own: ${own}\r\n\r\n${own.length.toString(16)}\r\n`,
    `${own}\r\n0\r\n\r\n`,
  ],
  slow: (own: string) => [`${HEAD}Content-Length: ${own.length}\r\nX-Own: ${own}\r\n\r\n`, own],
  "bytes after": (own: string) => [
    `${HEAD}Content-Length: ${own.length}\r\nX-Own: ${own}\r\n\r\n${own}${HEAD}Content-Length: ${own.length}\r\n\r\n${own}`,
  ],
  "bytes after 204": (own: string) => [`HTTP/1.1 204 No Content\r\nX-Own: ${own}\r\n\r\n${own}`],
  "304 with a body": (own: string) => [
    `HTTP/1.1 304 Not Modified\r\nContent-Length: ${own.length}\r\nX-Own: ${own}\r\n\r\n${own}`,
  ],
  interim: (own: string) => [
    `HTTP/1.1 103 Early Hints\r\nX-Own: ${own}\r\n\r\n${HEAD}Content-Length: ${own.length}\r\nX-Own: ${own}\r\n\r\n${own}`,
  ],
  malformed: (own: string) => [`${HEAD}Content-Length: x\r\nX-Own: ${own}\r\n\r\n${own}`],
  "early close": (own: string) => [`${HEAD}Content-Length: ${own.length + 1}\r\nX-Own: ${own}\r\n\r\n${own}`],
} as const satisfies Record<string, (own: string) => readonly string[]>;

type Behaviour = keyof typeof BEHAVIOURS;

interface Visit {
  readonly visitor: "a" | "b";
  readonly method: "GET" | "HEAD" | "POST";
  readonly behaviour: Behaviour;
  /** The visitor leaves once it has the head. */
  readonly leaves: boolean;
  /** The next visit starts before this one has ended. */
  readonly overlaps: boolean;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  visitor: fc.constantFrom("a", "b"),
  method: fc.constantFrom("GET", "GET", "GET", "GET", "HEAD", "POST"),
  behaviour: fc.constantFrom(...(Object.keys(BEHAVIOURS) as Behaviour[]), "sized", "chunked"),
  leaves: fc.nat(4).map((number) => number === 0),
  overlaps: fc.boolean(),
});

/** Lets two visitors send generated requests through the pool, and checks that each sees only bytes of its own. */
export async function checkInterleaving(runs: number): Promise<void> {
  const authority = await createAuthority("trusted");
  const origin = await startRawOrigin(await authority.issue(originName), respond);
  const worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${origin.port}` },
    authorities: [authority.certificate],
    pool: true,
  });
  let serial = 0;
  try {
    const property = fc.asyncProperty(fc.array(visit, { minLength: 2, maxLength: 8 }), async (visits) => {
      const pending: Promise<void>[] = [];
      for (const one of visits) {
        serial += 1;
        pending.push(check(worker.port, one, `${one.visitor}${serial}`));
        if (!one.overlaps) await Promise.all(pending);
      }
      await Promise.all(pending);
    });
    await fc.assert(property, { numRuns: runs });
  } finally {
    await worker.stop();
    await origin.stop();
  }
}

async function respond({ target }: { readonly target: string }, connection: TLSSocket): Promise<void> {
  const [, behaviour = "", own = ""] = decodeURIComponent(target).split("/");
  const pieces = BEHAVIOURS[behaviour as Behaviour](`${own};`.repeat(20));
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await setTimeout(2);
    connection.write(piece);
  }
  if (behaviour === "early close") connection.end();
}

async function check(port: number, { method, behaviour, leaves }: Visit, own: string): Promise<void> {
  const path = `/${encodeURIComponent(behaviour)}/${own}`;
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    agent: false,
    method,
    path,
    headers: { host: publicHost },
  });
  request.on("error", () => undefined).end();
  const response = await once(request, "response").then(
    ([message]) => message as IncomingMessage,
    () => undefined,
  );
  if (response === undefined || response.headers["edge-failure"] !== undefined) return;
  const expected = `${own};`.repeat(20);
  if (response.headers["x-own"] !== expected) {
    throw new Error(`${path} has the head of ${String(response.headers["x-own"])}`);
  }
  if (leaves) {
    request.destroy();
    return;
  }
  let body = "";
  try {
    for await (const chunk of response) body += String(chunk);
  } catch {
    // A broken transfer: what arrived before must be its own nevertheless.
  }
  if (!expected.startsWith(body)) throw new Error(`${path} has the body ${body}`);
}
