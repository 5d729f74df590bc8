import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import {
  type Funnel,
  originName,
  publicHost,
  readRequest,
  startFunnel,
} from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { hostileRequests } from "./hostile-requests.ts";
import { cut } from "./pieces.ts";
import { validRequest } from "./request-cases.ts";
import { exchange, type Target } from "./visitor.ts";

/** A request as the application sees it, without hop-by-hop headers. */
interface Seen {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly length: number;
  readonly body: string;
}

const MODES = ["single", "pooled"] as const;
type Mode = (typeof MODES)[number];

let funnel: Funnel;
let workers: readonly RunningWorker[];
let direct: Target;
/** The Worker with a connection for each request, and with a pool. */
const through: Record<Mode, Target> = { single: { worker: 0 }, pooled: { worker: 0 } };
let seen: Seen[];

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    const { method, url: target, rawHeaders } = request;
    readRequest(request).then(
      (bytes) => {
        seen.push({
          method,
          target,
          headers: endToEnd(rawHeaders),
          length: bytes.length,
          body: digest(bytes),
        });
        response.end("ok");
      },
      // A request that ends within its body: an application does not act on it.
      () => undefined,
    );
  });
  const options = {
    bindings: { ORIGIN: `${originName}:${funnel.port}` },
    authorities: [authority.certificate],
  };
  const [single, pooled] = [await startWorker(options), await startWorker({ ...options, pool: true })];
  workers = [single, pooled];
  direct = { origin: funnel.port, ca: authority.certificate };
  through.single = { worker: single.port };
  through.pooled = { worker: pooled.port };
});

beforeEach(() => {
  seen = [];
});

afterAll(async () => {
  await Promise.all(workers.map(({ stop }) => stop()));
  await funnel.stop();
});

test.each(MODES)("%s: 300 generated requests arrive as they do directly from the visitor", async (mode) => {
  for (const { raw, cuts } of fc.sample(validRequest, { seed: 20_261_121, numRuns: 300 })) {
    const pieces = cut(raw, cuts);
    const expected = await arrivals(direct, pieces);
    expect(expected).toHaveLength(1);
    expect(await arrivals(through[mode], pieces), raw.subarray(0, 2000).toString("latin1")).toEqual(expected);
  }
});

describe.each(MODES)("%s: small requests cut at every byte", (mode) => {
  test.each([
    [
      "without a body",
      "GET /a?b=c HTTP/1.1\r\nHost: app.example.com\r\nX-Greeting: Grüße\r\nConnection: close\r\n\r\n",
    ],
    [
      "with a length",
      "POST / HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    ],
    [
      "in chunks",
      "PUT / HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n",
    ],
  ])("%s", async (_, text) => {
    const raw = Buffer.from(text);
    const [expected] = await arrivals(direct, [raw]);
    for (let position = 1; position < raw.length; position += 1) {
      expect(await arrivals(through[mode], cut(raw, [position])), `cut at ${position}`).toEqual([expected]);
    }
  });
});

describe.each(MODES)("%s: hostile requests", (mode) => {
  test.each(hostileRequests)("$name", async ({ raw, verdict }) => {
    const expected = await arrivals(direct, [raw]);
    const actual = await arrivals(through[mode], [raw]);
    if (verdict === "same") {
      expect(actual).toEqual(expected);
      return;
    }
    const hostile = actual.filter(({ target }) => target !== "/next");
    const next = { method: "GET", headers: { host: publicHost }, length: 0, body: digest("") };
    expect(actual.filter((request) => !hostile.includes(request))).toEqual(
      actual.length > hostile.length ? [{ ...next, target: "/next" }] : [],
    );
    if (verdict === "refused") {
      expect(hostile).toEqual([]);
      return;
    }
    const headers = { host: publicHost, ...verdict.headers };
    expect(hostile).toEqual([{ ...next, method: hostile[0]?.method, target: verdict.target, headers }]);
  });
});

/** The requests that reached the application, `/next` last: requests on one connection run concurrently. */
async function arrivals(target: Target, pieces: readonly Buffer[]): Promise<Seen[]> {
  seen = [];
  await exchange(target, pieces);
  return seen.toSorted((a, b) => Number(a.target === "/next") - Number(b.target === "/next"));
}

function digest(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const connectionHeaders = new Set([
  "connection",
  "keep-alive",
  "te",
  "transfer-encoding",
  "content-length",
  "trailer",
]);
/** Headers that the Worker adds. */
const added = new Set(["x-forwarded-proto"]);

function endToEnd(rawHeaders: readonly string[]): Record<string, string> {
  const headers: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index]?.toLowerCase() ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return Object.fromEntries(headers.filter(([name]) => !connectionHeaders.has(name) && !added.has(name)));
}
