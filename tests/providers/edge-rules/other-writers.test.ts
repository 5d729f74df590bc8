import { describe, expect, test } from "vitest";
import { A, B, deployed, OWNER, STATE, WANTED } from "./deployed-stack.ts";
import { foreignRule, inputsOf, REDIRECT_PHASE, redirectRule, sniRule, ZONE, ZoneApi } from "./zone-api.ts";

/** Runs after each rule that is created, with their number so far. */
function afterEachPost(zone: ZoneApi, then: (posts: number) => void): void {
  let posts = 0;
  zone.after = (method) => {
    if (method !== "POST") return;
    posts += 1;
    then(posts);
  };
}

describe("another writer", () => {
  test.each([
    [
      "changes a rule",
      inputsOf({ sni_0: sniRule("a.example.com", "c.example.com"), sni_1: B }),
      { "GET /phases/{phase}/entrypoint": 3, "PATCH /{ruleset}/rules/{rule}": 2 },
    ],
    [
      "creates a rule",
      inputsOf({ sni_0: A, sni_1: B, sni_2: sniRule("c.example.com") }),
      { "GET /phases/{phase}/entrypoint": 3, "POST /{ruleset}/rules": 2 },
    ],
    [
      "deletes a rule",
      inputsOf({ sni_0: A }),
      { "GET /phases/{phase}/entrypoint": 3, "DELETE /{ruleset}/rules/{rule}": 2 },
    ],
  ])("that undoes the only call, which %s, is noticed, and the call made again", async (_, wanted, calls) => {
    const { zone, stack } = await deployed();
    const writeWhole = await zone.wholeWriter();
    let isUndone = false;
    zone.after = async (method) => {
      if (method === "GET" || isUndone) return;
      isUndone = true;
      await writeWhole(foreignRule("new"));
    };
    const before = zone.calls;
    await stack.update(STATE, wanted);
    expect(zone.callsSince(before)).toEqual({ ...calls, "PUT /phases/{phase}/entrypoint": 1 });
    const own = zone.rules.filter(({ ref }) => ref.startsWith(OWNER));
    const { rules } = wanted as { readonly rules: Readonly<Record<string, object>> };
    expect(own.map(({ ref }) => ref.slice(OWNER.length + 1))).toEqual(Object.keys(rules));
    expect(own).toMatchObject(Object.values(rules));
    expect(zone.refs.filter((ref) => !ref.startsWith("ozilab:"))).toEqual(["theirs", "last", "new"]);
  });

  test("that undoes every call is reported after five times", async () => {
    const { zone, stack } = await deployed();
    const writeWhole = await zone.wholeWriter();
    zone.after = async (method) => {
      if (method !== "GET") await writeWhole(foreignRule("new"));
    };
    const before = zone.calls;
    await expect(stack.update(STATE, inputsOf({ sni_0: A }))).rejects.toThrow(
      [
        `  rules of phase http_request_origin in zone ${ZONE}`,
        "    found:   other writers undo this stack's changes each time that it makes them",
        "    allowed: other writers that keep the rules that they do not own",
        "    fix:     stop the tool that writes the whole phase, such as Terraform's `cloudflare_ruleset`, and run `pulumi up` again",
      ].join("\n"),
    );
    expect(zone.callsSince(before)).toMatchObject({ "DELETE /{ruleset}/rules/{rule}": 6 });
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1", "last", "new"]);
  });

  test("that deletes each rule before the next one is created is reported after a thousand calls", async () => {
    const { zone, stack } = await deployed();
    zone.before = (method) => {
      if (method === "POST") zone.edit((rules) => rules.filter(({ ref }) => !ref.startsWith(OWNER)));
      return undefined;
    };
    const before = zone.calls;
    const wanted = inputsOf({ sni_2: A, sni_3: B });
    await expect(stack.update(STATE, wanted)).rejects.toThrow(
      "other writers undo this stack's changes each time",
    );
    expect(zone.callsSince(before)).toEqual({
      "GET /phases/{phase}/entrypoint": 1,
      "POST /{ruleset}/rules": 1000,
    });
  });

  test("of nothing: a read that is older than the answer to the last call is not taken for an undone call", async () => {
    const { zone, stack } = await deployed();
    const old = await zone.entryPoint("GET");
    let written = 0;
    zone.replace = (method, response) => {
      if (method !== "GET") written += 1;
      return method === "GET" && written > 0 ? old : response;
    };
    const before = zone.calls;
    await stack.update(STATE, inputsOf({ sni_0: A, sni_1: B, sni_2: sniRule("c.example.com") }));
    expect(zone.callsSince(before)).toMatchObject({ "POST /{ruleset}/rules": 1 });
  });

  test("that undoes a call with a write of an older version is noticed, and the call made again", async () => {
    const { zone, stack } = await deployed();
    const stale = zone.rules;
    afterEachPost(zone, (posts) => {
      // Their write was based on what they read before this stack's first one.
      if (posts === 1) zone.edit(() => [...stale, foreignRule("new")]);
    });
    const wanted = inputsOf({
      sni_0: A,
      sni_1: B,
      sni_2: sniRule("c.example.com"),
      sni_3: sniRule("d.example.com"),
    });
    await stack.update(STATE, wanted);
    expect(zone.refs.toSorted()).toEqual(
      ["last", "new", "ozilab:sni_0", "ozilab:sni_1", "ozilab:sni_2", "ozilab:sni_3", "theirs"].toSorted(),
    );
  });

  test("that was noticed once may write again: the rules are read once more at the end, and repaired", async () => {
    const { zone, stack } = await deployed();
    const stale = zone.rules;
    afterEachPost(zone, (posts) => {
      if (posts === 1) zone.add(foreignRule("new"));
      // This write comes after the last call of the update.
      if (posts === 2) zone.edit(() => [...stale, foreignRule("new")]);
    });
    await stack.update(STATE, inputsOf({ sni_0: A, sni_1: B, sni_2: A, sni_3: B }));
    expect(zone.refs).toEqual([
      ...["theirs", "ozilab:sni_0", "ozilab:sni_1", "last", "new"],
      ...["ozilab:sni_2", "ozilab:sni_3"],
    ]);
  });

  test("that deletes a rule while it is being changed does not stop the update", async () => {
    const { zone, stack } = await deployed();
    await stack.check(WANTED, WANTED);
    zone.edit((rules) => rules.filter(({ ref }) => ref !== `${OWNER}_sni_0`));
    await stack.update(STATE, inputsOf({ sni_0: sniRule("c.example.com"), sni_1: B }));
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_1", "last", "ozilab:sni_0"]);
  });

  test("that deletes the rule behind which one moves does not stop the update", async () => {
    const { zone, stack } = await deployed();
    const rival = { expression: 'http.host eq "a.example.com"', actionParameters: { sni: { value: "x" } } };
    zone.add(foreignRule("first", rival), foreignRule("second", rival));
    await stack.check(WANTED, WANTED);
    zone.edit((rules) => rules.filter(({ ref }) => ref !== "second"));
    const before = zone.calls;
    await stack.update(STATE, WANTED);
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_1", "last", "first", "ozilab:sni_0"]);
    // Refused, read, moved, and read at the end.
    expect([zone.callsSince(before), zone.waits]).toEqual([
      { "GET /phases/{phase}/entrypoint": 2, "PATCH /{ruleset}/rules/{rule}": 2 },
      [],
    ]);
  });

  test("that deletes the rule before which a new one goes does not stop the creation", async () => {
    const zone = new ZoneApi("enterprise", REDIRECT_PHASE);
    const rival = { ...redirectRule("a.example.com"), expression: 'http.host eq "a.example.com"' };
    zone.add(foreignRule("first", rival), foreignRule("second", rival));
    const wanted = inputsOf({ https_0: redirectRule("a.example.com") }, REDIRECT_PHASE);
    const stack = zone.stack();
    await stack.check(wanted);
    zone.edit((rules) => rules.filter(({ ref }) => ref !== "first"));
    await stack.create(wanted);
    expect([zone.refs, zone.waits]).toEqual([["ozilab:https_0", "second"], []]);
  });

  test("is not the reason if a call is refused whose position exists", async () => {
    const { zone, stack } = await deployed();
    const rival = { expression: 'http.host eq "a.example.com"', actionParameters: { sni: { value: "x" } } };
    zone.add(foreignRule("rival", rival));
    let writes = 0;
    zone.before = (method) => {
      if (method === "GET") return undefined;
      writes += 1;
      return Response.json({ errors: [{ code: 20007, message: "invalid" }] }, { status: 400 });
    };
    await expect(stack.update(STATE, WANTED)).rejects.toThrow(
      "found:   Cloudflare answers 400: 20007 invalid",
    );
    expect([writes, zone.waits]).toEqual([1, []]);
  });

  test("of another stack works in the same zone at the same time", async () => {
    const zone = new ZoneApi();
    const names = ["ozilab", "tazlab", "third"];
    await Promise.all(
      names.map((name) => zone.stack(name).create(inputsOf({ sni_0: sniRule(`${name}.example.com`) }))),
    );
    expect(zone.refs.toSorted()).toEqual(names.map((name) => `${name}:sni_0`));
    await zone.stack("tazlab").delete({ ...inputsOf({}), owner: "-" });
    expect(zone.refs.toSorted()).toEqual(["ozilab:sni_0", "third:sni_0"]);
  });
});
