import { expect, test } from "vitest";
import { withEngineUrns } from "../../../plan/recording/engine-urns.ts";
import { resource } from "../../support/recorded-resource.ts";

const urn = (types: string, name: string) => `urn:pulumi:prod::demo::${types}::${name}`;

test("puts the types of all ancestors except the stack into a URN, and updates references", () => {
  const stack = urn("pulumi:pulumi:Stack", "demo-prod");
  // The test runtime puts in only the parent's type.
  const recorded = [
    resource(stack, undefined, { type: "pulumi:pulumi:Stack" }),
    resource(urn("a:A", "one"), stack, { type: "a:A" }),
    resource(urn("a:A$b:B", "two"), urn("a:A", "one"), { type: "b:B" }),
    resource(urn("b:B$c:C", "z"), urn("a:A$b:B", "two"), { type: "c:C" }),
    resource(urn("b:B$c:C", "four"), urn("a:A$b:B", "two"), {
      type: "c:C",
      dependsOn: [urn("b:B$c:C", "z"), urn("a:A", "one"), urn("x:X", "not recorded")],
    }),
  ];
  expect(withEngineUrns(recorded).map((one) => [one.urn, one.parent, one.dependsOn])).toEqual([
    [stack, undefined, []],
    [urn("a:A", "one"), stack, []],
    [urn("a:A$b:B", "two"), urn("a:A", "one"), []],
    [urn("a:A$b:B$c:C", "z"), urn("a:A$b:B", "two"), []],
    [
      urn("a:A$b:B$c:C", "four"),
      urn("a:A$b:B", "two"),
      [urn("a:A$b:B$c:C", "z"), urn("a:A", "one"), urn("x:X", "not recorded")],
    ],
  ]);
});
