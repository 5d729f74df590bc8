import fc from "fast-check";
import { expect, test } from "vitest";
import type { Props } from "../../../providers/protocol/local-resource.ts";
import type { StoredRule } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { foreignRule, inputsOf, PHASE, sniRule, ZONE, ZoneApi } from "./zone-api.ts";

const STACKS = ["ozilab", "tazlab"] as const;
const HOSTS = ["a.example.com", "b.example.com", "c.example.com"];

/** What a stack's resource goes through, and what somebody else does, possibly between two calls of a stack. */
const operation = fc.oneof(
  fc.record({
    kind: fc.constant("up" as const),
    stack: fc.constantFrom(...STACKS),
    hosts: fc.subarray(HOSTS),
  }),
  fc.record({ kind: fc.constant("refresh" as const), stack: fc.constantFrom(...STACKS) }),
  fc.record({ kind: fc.constant("destroy" as const), stack: fc.constantFrom(...STACKS) }),
  fc.record({
    kind: fc.constant("failing up" as const),
    stack: fc.constantFrom(...STACKS),
    after: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant("theirs" as const),
    edit: fc.nat(4),
    at: fc.nat(5),
    host: fc.constantFrom(...HOSTS),
  }),
  fc.record({
    kind: fc.constant("theirs during the next" as const),
    edit: fc.nat(4),
    at: fc.nat(5),
    host: fc.constantFrom(...HOSTS),
  }),
);
type Step = typeof operation extends fc.Arbitrary<infer T> ? T : never;
/** What somebody else does to one of their rules: `edit` chooses the kind, `at` the rule or the place. */
type Edit = Extract<Step, { readonly edit: number }>;

/** The rules of others as they left them, and the stacks' rules as they shall be. */
class Expectation {
  theirs: readonly StoredRule[] = [];
  readonly states = new Map<string, Props>();
  readonly wanted = new Map<string, readonly string[]>();
  next: Edit | undefined;
}

function isTheirs({ ref }: StoredRule): boolean {
  return ref.startsWith("r");
}

let serial = 0;

/** Somebody else adds, changes, disables, moves or deletes one of their rules. */
function apply(zone: ZoneApi, expected: Expectation, { edit, at, host }: Edit) {
  zone.edit((rules) => {
    const own = rules.filter(isTheirs);
    const chosen = own[at % Math.max(own.length, 1)];
    serial += 1;
    const added = foreignRule(`r${serial}`, {
      expression: `http.host eq "${host}"`,
      actionParameters: serial % 2 === 0 ? { sni: { value: "x.example.net" } } : { origin: { port: 8443 } },
    });
    if (edit === 0 || chosen === undefined) return rules.toSpliced(at, 0, added);
    if (edit === 1)
      return rules.map((rule) => (rule === chosen ? { ...rule, description: `edit ${serial}` } : rule));
    if (edit === 2)
      return rules.map((rule) => (rule === chosen ? { ...rule, enabled: rule.enabled === false } : rule));
    const without = rules.filter((rule) => rule !== chosen);
    return edit === 3 ? without.toSpliced(at, 0, chosen) : without;
  });
  expected.theirs = zone.rules.filter(isTheirs);
}

async function up(zone: ZoneApi, expected: Expectation, name: string, hosts: readonly string[]) {
  const stack = zone.stack(name);
  const old = expected.states.get(name);
  const news = inputsOf(
    Object.fromEntries(hosts.map((host, index) => [`sni_${index}`, sniRule(`${name}.${host}`)])),
  );
  if (old === undefined) {
    expect(await stack.check(news)).toEqual([]);
    expected.states.set(name, (await stack.create(news)).outputs);
  } else {
    expect(await stack.check(news, old)).toEqual([]);
    await stack.diff(old, news);
    expected.states.set(name, await stack.update(old, news));
  }
  expected.wanted.set(name, hosts);
}

async function run(zone: ZoneApi, expected: Expectation, step: Step) {
  switch (step.kind) {
    case "up":
      await up(zone, expected, step.stack, step.hosts);
      return;
    case "refresh": {
      const old = expected.states.get(step.stack);
      if (old === undefined) return;
      const found = await zone.stack(step.stack).read(`${ZONE}/${PHASE}`, old);
      if (found !== undefined) expected.states.set(step.stack, found.outputs);
      return;
    }
    case "destroy": {
      const old = expected.states.get(step.stack);
      if (old === undefined) return;
      await zone.stack(step.stack).delete(old);
      expected.states.delete(step.stack);
      expected.wanted.set(step.stack, []);
      return;
    }
    case "failing up": {
      // Every call fails after the first ones: the update ends halfway, and is run again.
      let calls = 0;
      const { before } = zone;
      zone.before = (method, path) =>
        method !== "GET" && calls++ >= step.after
          ? new Response("{}", { status: 500 })
          : before(method, path);
      await up(zone, expected, step.stack, HOSTS).catch(() => undefined);
      zone.before = before;
      await up(zone, expected, step.stack, HOSTS);
      return;
    }
    case "theirs":
      apply(zone, expected, step);
      return;
    case "theirs during the next":
      expected.next = step;
  }
}

test("rules of others are as others left them, after any sequence of operations by them and by two stacks", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (steps) => {
      const zone = new ZoneApi();
      const expected = new Expectation();
      zone.before = () => {
        const edit = expected.next;
        expected.next = undefined;
        if (edit !== undefined) apply(zone, expected, edit);
        return undefined;
      };
      for (const step of steps) {
        await run(zone, expected, step);
        // IDs, order, enabled state and every other field.
        expect(zone.rules.filter(isTheirs)).toEqual(expected.theirs);
      }
      for (const [name, hosts] of expected.wanted) {
        const own = zone.rules.filter(({ ref }) => ref.startsWith(`tailnet_edge_${name}`));
        expect(own.map(({ expression }) => expression).toSorted()).toEqual(
          hosts.map((host) => sniRule(`${name}.${host}`).expression).toSorted(),
        );
      }
    }),
    { numRuns: 300 },
  );
});
