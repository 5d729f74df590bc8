import fc from "fast-check";
import type { Exposure, Topology } from "../../../../components/tailnet/policy/topology.ts";
import { exposing } from "./sample-topology.ts";

const USERS = ["alice@example.com", "bob@example.org"];
const GROUPS = ["group:platform", "group:dev"];
const TAGS = ["tag:k8s", "tag:db", "tag:ci", "tag:k8s-operator", "tag:office"];

const user = fc.constantFrom(...USERS);
const tag = fc.constantFrom(...TAGS);
// People much more often than all devices: a policy that opens everything always conflicts.
const source = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...USERS, ...GROUPS, "autogroup:member", "user:*@example.com") },
  { weight: 2, arbitrary: tag },
  { weight: 1, arbitrary: fc.constantFrom("*", "autogroup:tagged", "autogroup:members") },
);
const target = fc.constantFrom(...TAGS, "autogroup:self", "autogroup:internet", "10.0.0.0/8", "*");
const port = fc.constantFrom("22", "80", "443", "400-500", "5432", "*");
const some = <T>(one: fc.Arbitrary<T>, maxLength = 2) => fc.array(one, { minLength: 1, maxLength });
const destination = fc.tuple(target, port).map((parts) => parts.join(":"));
const tested = fc.tuple(tag, fc.constantFrom(22, 443, 5432)).map((parts) => parts.join(":"));
const keyed = <T>(keys: readonly string[], value: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3, noNullPrototype: true });

const acl = fc.record(
  {
    action: fc.constant("accept"),
    src: some(source),
    dst: some(destination),
    proto: fc.constantFrom("tcp", "udp"),
  },
  { requiredKeys: ["action", "src", "dst"] },
);
const grant = fc.record(
  {
    src: some(source),
    dst: some(target),
    ip: some(
      fc.oneof(
        port,
        port.map((ports) => `tcp:${ports}`),
        port.map((ports) => `udp:${ports}`),
      ),
    ),
    srcPosture: fc.constant(["posture:managed"]),
    app: fc.constant({ "example.com/cap": [{ level: 1.5, on: true, off: null }] }),
  },
  { requiredKeys: ["src", "dst"] },
);
const nodeAttr = fc.record({
  target: some(fc.constantFrom(...TAGS, "*", "autogroup:member")),
  attr: some(fc.constantFrom("funnel", "nextdns:abc123")),
});
const policyTest = fc.record(
  { src: fc.constantFrom(...USERS, ...GROUPS, ...TAGS), accept: some(tested), deny: some(tested) },
  { requiredKeys: ["src"] },
);

const members = fc.array(user, { maxLength: 2 });
const owners = fc.array(source, { maxLength: 2 });
/** The names that a topology uses without defining them, mostly defined: a policy without them is always rejected. */
const groups = fc.oneof(
  { weight: 5, arbitrary: fc.record(Object.fromEntries(GROUPS.map((group) => [group, members]))) },
  { weight: 1, arbitrary: keyed(GROUPS, members) },
);
const tagOwners = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(keyed(TAGS, owners), owners).map(([owned, ci]) => ({ ...owned, "tag:ci": ci })),
  },
  { weight: 1, arbitrary: keyed(TAGS, owners) },
);

const sections = fc.record(
  {
    groups,
    tagOwners,
    acls: fc.array(acl, { maxLength: 2 }),
    grants: fc.array(grant, { maxLength: 3 }),
    nodeAttrs: fc.array(nodeAttr, { maxLength: 2 }),
    tests: fc.array(policyTest, { maxLength: 2 }),
    hosts: keyed(["office"], fc.constant("10.0.0.1")),
    randomizeClientPort: fc.boolean(),
  },
  { requiredKeys: ["groups"] },
);

const anyCase = (key: string) =>
  fc.constantFrom(
    key,
    key.toUpperCase(),
    key === "acls" ? "ACLs" : key.replace(/^./, (c) => c.toUpperCase()),
  );

/** Text between two tokens. `#` becomes a number, so that no two comments of a policy are equal. */
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 3, arbitrary: fc.constantFrom(" ", "\n", "\n\t", "\r\n  ", "\n\n\n") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("// a, # ]}\n", " /* b, # ]} */ ", '\n\t// c: "#\n\t', "/*\n # \n*/"),
  },
);

/** Any policy, with comments between any two tokens, commas before any bracket, and section names in any case. */
export const writtenPolicy: fc.Arbitrary<string> = fc
  .record({
    sections: sections.chain((value) => {
      const entries: readonly unknown[] = Object.values(value);
      return fc
        .tuple(...Object.keys(value).map(anyCase))
        .map((keys) => Object.fromEntries(keys.map((key, index) => [key, entries[index]])));
    }),
    gaps: fc.array(gap, { minLength: 1, maxLength: 60 }),
    trailingCommas: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
  })
  .map(({ sections: value, gaps, trailingCommas }) => write(value, gaps, trailingCommas));

function write(policy: object, gaps: readonly string[], trailingCommas: readonly boolean[]): string {
  let [gapsUsed, bracketsClosed] = [0, 0];
  const space = (): string => {
    const gapText = gaps[gapsUsed % gaps.length] ?? "";
    return gapText.replace("#", String(gapsUsed++));
  };
  const enclosed = (open: string, members: readonly (() => string)[], close: string): string => {
    const written = members.map((member) => space() + member() + space());
    const comma = written.length > 0 && trailingCommas[bracketsClosed++ % trailingCommas.length] ? "," : "";
    return open + written.join(",") + comma + space() + close;
  };
  const render = (value: unknown): string => {
    if (Array.isArray(value)) {
      const items = value.map((item) => () => render(item));
      return enclosed("[", items, "]");
    }
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const member = (key: string, item: unknown) => () =>
      JSON.stringify(key) + space() + ":" + space() + render(item);
    const members = Object.entries(value).map(([key, item]) => member(key, item));
    return enclosed("{", members, "}");
  };
  return space() + render(policy) + space();
}

const exposure: fc.Arbitrary<Exposure> = fc.record({
  name: fc.constantFrom("edge", "database", "dashboard"),
  tags: fc.uniqueArray(fc.constantFrom("tag:k8s", "tag:db"), { minLength: 1 }),
  ports: fc.uniqueArray(fc.constantFrom(443, 5432, 80), { minLength: 1 }),
  allowFrom: fc.uniqueArray(fc.constantFrom(...USERS, ...GROUPS, "autogroup:member", "tag:ci", "tag:db")),
  funnel: fc.boolean(),
});

/** Any topology, and the same one in another order. */
export const reordered: fc.Arbitrary<readonly [Topology, Topology]> = fc
  .array(exposure, { maxLength: 3 })
  .chain((exposures) =>
    fc.tuple(
      fc.constant(exposing(...exposures)),
      shuffled(exposures)
        .chain((others) => fc.tuple(...others.map(shuffledExposure)))
        .map((others) => exposing(...others)),
    ),
  );

function shuffledExposure(exposed: Exposure): fc.Arbitrary<Exposure> {
  const { name, funnel, tags, ports, allowFrom } = exposed;
  return fc.record({
    name: fc.constant(name),
    funnel: fc.constant(funnel),
    tags: shuffled(tags),
    ports: shuffled(ports),
    allowFrom: shuffled(allowFrom),
  });
}

function shuffled<T>(values: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...values], { minLength: values.length });
}
