import fc from "fast-check";
import { expect, test } from "vitest";
import type { Props } from "../../../providers/protocol/local-resource.ts";
import type { StoredRule } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import {
  foreignRule,
  inputsOf,
  PHASE,
  REDIRECT_PHASE,
  redirectRule,
  sniRule,
  ZONE,
  ZoneApi,
} from "./zone-api.ts";

const STACKS = ["ozilab", "tazlab"] as const;
const HOSTS = ["a", "b"];

/** Somebody else does something to one of their rules: `edit` chooses the kind, `at` the rule or the place. */
const edit = {
  edit: fc.nat(5),
  at: fc.nat(5),
  stack: fc.constantFrom(...STACKS),
  host: fc.constantFrom(...HOSTS),
};

/** What a stack's resource goes through, and what somebody else does, possibly between two calls of a stack. */
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("up" as const),
      stack: fc.constantFrom(...STACKS),
      hosts: fc.subarray(HOSTS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("theirs" as const), ...edit }) },
  {
    // Between the calls of the next operation of a stack: before the one with that number, or, if it undoes all calls so
    // far, after the write with that number.
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("theirs during the next" as const),
      calls: fc.nat(2),
      isStale: fc.boolean(),
      ...edit,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("refresh" as const), stack: fc.constantFrom(...STACKS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("destroy" as const), stack: fc.constantFrom(...STACKS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("failing up" as const),
      stack: fc.constantFrom(...STACKS),
      after: fc.nat(3),
    }),
  },
);
const phase = fc.constantFrom(PHASE, REDIRECT_PHASE);
type Step = typeof operation extends fc.Arbitrary<infer T> ? T : never;
/** @see edit */
type Edit = Extract<Step, { readonly edit: number }>;

type EditDuring = Extract<Step, { readonly isStale: boolean }> & {
  /** What its writer read before the first call. */
  readonly read?: readonly StoredRule[];
};

/** The rules of others as they left them, and the stacks' states. */
class Expectation {
  theirs: readonly StoredRule[] = [];
  readonly states = new Map<string, Props>();
  next: EditDuring | undefined;
}

function isTheirs({ ref }: StoredRule): boolean {
  return ref.startsWith("r");
}

const hostOf = (stack: string, host: string) => `${host}.${stack}.example.com`;

/** The rule of a phase for a stack's hosts. */
function ruleOf({ phase }: ZoneApi, stack: string, ...hosts: readonly string[]) {
  const names = hosts.map((host) => hostOf(stack, host));
  return phase === REDIRECT_PHASE ? redirectRule(...names) : sniRule(...names);
}

let serial = 0;

/** Somebody else adds, changes, disables, moves or deletes one of their rules. */
function apply(zone: ZoneApi, expected: Expectation, { edit, at, stack, host }: Edit) {
  zone.edit((rules) => {
    const theirs = rules.filter(isTheirs);
    const chosen = theirs[at % Math.max(theirs.length, 1)];
    serial += 1;
    const { action, actionParameters } = ruleOf(zone, stack, host);
    const all = STACKS.flatMap((one) => HOSTS.map((name) => `"${hostOf(one, name)}"`));
    const added = foreignRule(`r${serial}`, {
      action,
      expression: at % 2 === 0 ? `http.host in {${all.join(" ")}}` : `http.host eq "${hostOf(stack, host)}"`,
      // Every second origin rule sets another field than the stacks'.
      actionParameters:
        action === "route" && serial % 2 === 0 ? { origin: { port: 8443 } } : actionParameters,
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
    Object.fromEntries(hosts.map((host, index) => [`rule_${index}`, ruleOf(zone, name, host)])),
    zone.phase,
  );
  if (old === undefined) {
    expect(await stack.check(news)).toEqual([]);
    expected.states.set(name, (await stack.create(news)).outputs);
  } else {
    expect(await stack.check(news, old)).toEqual([]);
    await stack.diff(old, news);
    expected.states.set(name, await stack.update(old, news));
  }
  expect(
    own(zone, name)
      .map(({ expression }) => expression)
      .toSorted(),
  ).toEqual(hosts.map((host) => ruleOf(zone, name, host).expression).toSorted());
  expect(overridden(zone, name)).toEqual([]);
}

/** A stack's rules. */
function own({ rules }: ZoneApi, stack: string): readonly StoredRule[] {
  return rules.filter(({ ref }) => ref.startsWith(`tailnet_edge_${stack}`));
}

/** The rules of others that set the same field for a host of a stack's rule, and override it. */
function overridden(zone: ZoneApi, stack: string): readonly string[] {
  return own(zone, stack).flatMap(({ ref: overriddenRef, ...rule }) => {
    const index = zone.rules.findIndex(({ id }) => id === rule.id);
    const others = zone.phase === REDIRECT_PHASE ? zone.rules.slice(0, index) : zone.rules.slice(index);
    const [host = ""] = /"[^"]*"/.exec(rule.expression) ?? [];
    return others
      .filter((other) => isTheirs(other) && other.enabled === true && other.expression.includes(host))
      .filter(({ actionParameters = {} }) => !("origin" in actionParameters))
      .map(({ ref }) => `${ref} overrides ${overriddenRef}`);
  });
}

async function run(zone: ZoneApi, expected: Expectation, step: Step) {
  switch (step.kind) {
    case "up":
      await up(zone, expected, step.stack, step.hosts);
      return;
    case "refresh": {
      const old = expected.states.get(step.stack);
      if (old === undefined) return;
      const found = await zone.stack(step.stack).read(`${ZONE}/${zone.phase}`, old);
      if (found !== undefined) expected.states.set(step.stack, found.outputs);
      return;
    }
    case "destroy": {
      const old = expected.states.get(step.stack);
      if (old === undefined) return;
      await zone.stack(step.stack).delete(old);
      expected.states.delete(step.stack);
      expect(own(zone, step.stack)).toEqual([]);
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

test("rules of others are as others left them, and a stack's as it wants them, after any sequence of their operations", async () => {
  await fc.assert(
    fc.asyncProperty(phase, fc.array(operation, { minLength: 6, maxLength: 14 }), async (inPhase, steps) => {
      const zone = new ZoneApi("enterprise", inPhase);
      const expected = new Expectation();
      const countdown = (next: EditDuring) => {
        if (next.calls > 0) {
          expected.next = { ...next, calls: next.calls - 1 };
          return;
        }
        expected.next = undefined;
        const { read } = next;
        if (next.isStale && read !== undefined) zone.edit(() => read);
        apply(zone, expected, next);
      };
      zone.before = () => {
        if (expected.next === undefined) return undefined;
        const next = { read: zone.rules, ...expected.next };
        expected.next = next;
        if (!next.isStale) countdown(next);
        return undefined;
      };
      zone.after = (method) => {
        if (expected.next?.isStale === true && method !== "GET") countdown(expected.next);
      };
      for (const step of steps) {
        await run(zone, expected, step);
        // The operation had fewer calls.
        if (expected.next?.read !== undefined) expected.next = undefined;
        // IDs, order, enabled state and every other field.
        expect(zone.rules.filter(isTheirs)).toEqual(expected.theirs);
      }
    }),
    { numRuns: 300 },
  );
});
