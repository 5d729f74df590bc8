import { expect, test } from "vitest";
import { resourceTree, type TreeNode } from "../../../plan/report/resource-tree.ts";
import { resource } from "../../support/recorded-resource.ts";

type Shape = readonly [urn: string, ...children: Shape[]];
const shape = ({ resource: { urn }, children }: TreeNode): Shape => [urn, ...children.map(shape)];

test("places children below their parents, in recorded order", () => {
  const resources = [
    resource("root", undefined),
    resource("a", "root"),
    resource("b", "root"),
    resource("a1", "a"),
  ];
  expect(resourceTree(resources).map(shape)).toEqual([["root", ["a", ["a1"]], ["b"]]]);
});

test("places a component after everything that a resource in it depends on", () => {
  const resources = [
    resource("root", undefined),
    resource("late", "root"),
    resource("early", "root"),
    resource("late1", "late", { dependsOn: ["early1", "late2"] }),
    resource("late2", "late"),
    resource("early1", "early"),
  ];
  expect(resourceTree(resources).map(shape)).toEqual([
    ["root", ["early", ["early1"]], ["late", ["late2"], ["late1"]]],
  ]);
});

test("an empty recording has an empty tree", () => {
  expect(resourceTree([])).toEqual([]);
});
