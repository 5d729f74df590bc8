import { describe, expect, test } from "vitest";
import { A, B, deployed, STATE, WANTED } from "./deployed-stack.ts";
import { FUNNEL, inputsOf, sniRule, ZoneApi } from "./zone-api.ts";

describe("a call that fails for a temporary reason", () => {
  const failing = (zone: ZoneApi, times: number, response: () => Response) => {
    let left = times;
    zone.before = (method) => (method === "PATCH" && left-- > 0 ? response() : undefined);
  };
  const changed = inputsOf({ sni_0: sniRule("c.example.com"), sni_1: B });

  test("is made again after the time that Cloudflare asks for", async () => {
    const { zone, stack } = await deployed();
    failing(zone, 1, () => new Response("{}", { status: 429, headers: { "retry-after": "7" } }));
    await stack.update(STATE, changed);
    expect([zone.waits, zone.rules[1]?.expression]).toEqual([[7000], 'http.host in {"c.example.com"}']);
  });

  test.each([409, 429, 500, 503])("is made again after an answer %d", async (status) => {
    const { zone, stack } = await deployed();
    failing(zone, 1, () => new Response("{}", { status }));
    await stack.update(STATE, changed);
    expect([zone.waits, zone.rules[1]?.expression]).toEqual([[250], 'http.host in {"c.example.com"}']);
  });

  test("is made again later each time, and reported after the fourth time", async () => {
    const { zone, stack } = await deployed();
    const before = zone.rules;
    failing(zone, 9, () => Response.json({ errors: [{ code: 10000, message: "oops" }] }, { status: 503 }));
    await expect(stack.update(STATE, changed)).rejects.toThrow("found:   Cloudflare answers 503: 10000 oops");
    expect([zone.waits, zone.rules]).toEqual([[250, 500, 1000, 2000], before]);
  });

  test("is not made twice if it was carried out without an answer", async () => {
    const { zone, stack } = await deployed();
    let isCut = false;
    zone.after = (method) => {
      if (method !== "POST" || isCut) return;
      isCut = true;
      throw new Error("socket hang up");
    };
    await stack.update(STATE, inputsOf({ sni_0: A, sni_1: B, sni_2: sniRule("c.example.com") }));
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1", "last", "ozilab:sni_2"]);
    expect(zone.calls["POST /{ruleset}/rules"]).toBe(3);
  });

  test("or that is answered without the ruleset, is followed by a read", async () => {
    const { zone, stack } = await deployed();
    let answered = 0;
    zone.replace = (method, response) =>
      method === "DELETE" && answered++ < 1 ? new Response(null, { status: 204 }) : response;
    await stack.delete(STATE);
    expect([zone.refs, zone.waits]).toEqual([["theirs", "last"], [250]]);
  });

  test("does not wait longer than five minutes", async () => {
    const { zone, stack } = await deployed();
    failing(zone, 1, () => new Response("{}", { status: 429, headers: { "retry-after": "301" } }));
    await expect(stack.update(STATE, changed)).rejects.toThrow("Cloudflare answers 429");
    expect(zone.waits).toEqual([]);
  });
});

test("the credential and the Funnel's name are in no message", async () => {
  const zone = new ZoneApi();
  zone.before = () => new Response("not JSON", { status: 500 });
  const failure = (await zone
    .stack("ozilab", "secret-token")
    .create(WANTED)
    .catch((error: unknown) => error)) as Error;
  expect(failure.message).toContain("Cloudflare answers 500");
  expect(failure.message).not.toMatch(new RegExp(`secret-token|${FUNNEL}`));
});
