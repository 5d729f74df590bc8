import { beforeEach, describe, expect, test } from "vitest";
import { answer } from "../../../sandbox/http/api.ts";
import { cloudflareApi } from "../../../sandbox/http/cloudflare.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { API_TOKEN } from "../../../sandbox/world/api-token.ts";
import { MemoryWorld } from "../../../sandbox/world/world.ts";

const ZONE = "f".repeat(32);
const PHASE = "http_request_origin";
const ENTRY_POINT = `/phases/${PHASE}/entrypoint`;

interface SentRule {
  readonly ref: string;
}

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld();
  zones(world).set(ZONE, { id: ZONE, name: "example.com", accountId: "a", plan: "enterprise" });
});

/** @returns the status, and the refs or the first error */
async function call(method: string, path: string, body?: object) {
  const response = await answer(
    cloudflareApi,
    world,
    new Request(`http://cloudflare/zones/${ZONE}/rulesets${path}`, {
      method,
      headers: { authorization: `Bearer ${API_TOKEN}` },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );
  const { result, errors } = (await response.json()) as {
    result: { id: string; version: string; rules: readonly (SentRule & { id: string })[] } | null;
    errors: readonly { message: string }[];
  };
  return {
    status: response.status,
    set: result?.id ?? "",
    version: result?.version,
    ids: result?.rules.map(({ id }) => id) ?? [],
    refs: result?.rules.map(({ ref }) => ref) ?? [],
    error: errors[0]?.message,
  };
}

const rule = (ref: string) => ({
  ref,
  action: "route",
  expression: 'http.host eq "a.example.com"',
  action_parameters: { origin: { port: 8443 } },
});

describe("a write of a whole entry point", () => {
  test("creates it where there is none", async () => {
    expect(await call("PUT", ENTRY_POINT, { rules: [rule("a")] })).toMatchObject({
      status: 200,
      version: "1",
      refs: ["a"],
    });
  });

  test("removes what was written since its writer read: the API has no conditional write", async () => {
    const read = await call("PUT", ENTRY_POINT, { rules: [rule("a")] });
    const added = await call("POST", `/${read.set}/rules`, rule("b"));
    expect(added.refs).toEqual(["a", "b"]);
    const stale = await call("PUT", ENTRY_POINT, { rules: read.refs.map(rule) });
    expect(stale).toMatchObject({ status: 200, version: "3", refs: ["a"], ids: read.ids });
    expect((await call("GET", ENTRY_POINT)).refs).toEqual(["a"]);
  });

  test("works by the ruleset's ID too", async () => {
    const { set } = await call("PUT", ENTRY_POINT, { rules: [rule("a"), rule("b")] });
    expect(await call("PUT", `/${set}`, { rules: [rule("b")] })).toMatchObject({ version: "2", refs: ["b"] });
  });
});
