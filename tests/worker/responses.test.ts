import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { connectionOf, type Funnel, originName, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { hostileResponses } from "./hostile-responses.ts";
import { cut, writePieces } from "./pieces.ts";
import { type ResponseCase, validResponse } from "./response-cases.ts";
import { type Answer, ask, type Target } from "./visitor.ts";

const MODES = ["single", "pooled"] as const;
type Mode = (typeof MODES)[number];

let funnel: Funnel;
let workers: readonly RunningWorker[];
let direct: Target;
/** The Worker with a connection for each request, and with a pool. */
const through: Record<Mode, Target> = { single: { worker: 0 }, pooled: { worker: 0 } };
/** What the origin answers, by path. */
const answers = new Map<string, readonly Buffer[]>();

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    const connection = connectionOf(response);
    connection.setNoDelay();
    const path = request.url ?? "";
    void writePieces(connection, answers.get(path) ?? []).then(() => {
      if (!path.startsWith("/open/")) connection.end();
    });
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

afterAll(async () => {
  await Promise.all(workers.map(({ stop }) => stop()));
  await funnel.stop();
});

test.each(MODES)("%s: 300 generated responses arrive as they do directly from the origin", async (mode) => {
  const cases = fc.sample(validResponse, { seed: 20_261_121, numRuns: 300 });
  for (const [index, { method, raw, cuts }] of cases.entries()) {
    const path = `/valid/${index}`;
    answers.set(path, cut(raw, cuts));
    const expected = await outcome(direct, path, method);
    expect(await outcome(through[mode], path, method), raw.subarray(0, 2000).toString("latin1")).toEqual(
      expected,
    );
  }
});

describe.each(MODES)("%s: hostile responses", (mode) => {
  test.each(hostileResponses)("$name: $verdict", async ({ raw, verdict, name }) => {
    const path = `/hostile/${encodeURIComponent(name)}`;
    answers.set(path, [raw]);
    const [expected, actual] = [await outcome(direct, path), await outcome(through[mode], path)];
    if (verdict === "same") expect(actual).toEqual(expected);
    else expect(verdict === "refused" ? ["refused"] : ["refused", "broken"]).toContain(actual);
  });
});

describe.each(MODES)("%s: small responses cut at every byte", (mode) => {
  const ordinary: readonly Pick<ResponseCase, "raw">[] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nhello",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nX-Greeting: Grüße\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nb\r\n wide world\r\n0\r\nX-Sum: 1\r\n\r\n",
    "HTTP/1.0 200 OK\r\nX-Empty:\r\n\r\nuntil the end",
    "HTTP/1.1 204 No Content\r\nETag: x\r\n\r\n",
  ].map((raw) => ({ raw: Buffer.from(raw) }));
  const small = [...ordinary, ...hostileResponses].filter(({ raw }) => raw.length < 250);

  test.each(small.map(({ raw }, index) => ({ index, raw, shown: JSON.stringify(raw.toString("latin1")) })))(
    "$shown",
    async ({ index, raw }) => {
      answers.set(`/whole/${index}`, [raw]);
      const expected = await outcome(through[mode], `/whole/${index}`);
      const paths = Array.from({ length: raw.length - 1 }, (_, position) => {
        const path = `/cut/${index}/${position}`;
        answers.set(path, cut(raw, [position + 1]));
        return path;
      });
      const outcomes = await Promise.all(paths.map((path) => outcome(through[mode], path)));
      expect(outcomes.map(failed)).toEqual(paths.map(() => failed(expected)));
    },
  );
});

test.each([
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "world"],
  ["a length and bytes after it", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "\r\n"],
  ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "0\r\n\r\n"],
  ["a status without a body", "HTTP/1.1 304 Not Modified\r\n", "\r\n"],
])("a response with %s is complete although the origin never closes", async (name, ...pieces) => {
  const path = `/open/${encodeURIComponent(name)}`;
  answers.set(
    path,
    pieces.map((piece) => Buffer.from(piece)),
  );
  const { body, broken } = await ask(through.single, { path });
  expect([body.toString(), broken]).toEqual([
    { "a length": "helloworld", "a status without a body": "" }[name] ?? "hello",
    false,
  ]);
});

/**
 * What the visitor receives, in a form that is the same for both targets: without hop-by-hop headers, repeated
 * headers joined, the body as a digest. "refused" if there is no valid head or the Worker's page reports it.
 */
async function outcome(target: Target, path: string, method = "GET"): Promise<unknown> {
  let answer: Answer;
  try {
    answer = await ask(target, { path, method });
  } catch {
    return "refused";
  }
  if (answer.headers["edge-failure"] === "response" && answer.status === 502) return "refused";
  if (answer.broken) return "broken";
  const body = createHash("sha256").update(answer.body).digest("hex");
  return {
    status: answer.status,
    reason: answer.reason,
    headers: endToEnd(answer),
    length: answer.body.length,
    body,
  };
}

/** Timing decides whether an error in the body comes before or after the head is sent, so both count as one. */
function failed(result: unknown): unknown {
  return result === "broken" ? "refused" : result;
}

const connectionHeaders = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "trailer",
  "content-length",
]);

function endToEnd({ rawHeaders }: Answer): Record<string, string> {
  const joined: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = [rawHeaders[index]?.toLowerCase(), rawHeaders[index + 1]];
    if (connectionHeaders.has(name)) continue;
    const separator = name === "set-cookie" ? "\n" : ", ";
    joined[name] = name in joined ? `${joined[name] ?? ""}${separator}${value}` : value;
  }
  return joined;
}
