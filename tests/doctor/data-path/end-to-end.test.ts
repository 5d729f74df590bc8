import { expect, test } from "vitest";
import { judgeVisit } from "../../../doctor/data-path/end-to-end.ts";
import type { Reply } from "../../../doctor/probes/http.ts";
import { diagnosis } from "../diagnosis.ts";

const certificate = { names: [], issuer: "", validTo: new Date(0), rejected: undefined };
const reply = (status: number, body = ""): Reply => ({
  ...{ kind: "reply", certificate, status, headers: {}, body },
});

test("behind the origin lock, only the visit shows that the router has TLS options of its own", () => {
  const locked = { direct: reply(403), unknownHost: reply(403), funnelHost: reply(403), originLock: true };
  const outcome = judgeVisit({ ...locked, visit: reply(421) }, new Date(0));
  expect(diagnosis(outcome)).toMatch(/^misdirected-request: /);
  expect(judgeVisit({ ...locked, visit: reply(200) }, new Date(0)).status).toBe("ok");
});
