import { expect, test } from "vitest";
import { type TreeNode, resourceTree } from "../../../plan/report/resource-tree.ts";
import { resource } from "../../support/recorded-resource.ts";

type Shape = readonly [urn: string, ...children: Shape[]];
const shape = ({ resource: { urn }, children }: TreeNode): Shape => [urn, ...children.map(shape)];

test("children stand below their parents, in the order in which they were recorded", () => {
  const resources = [
    resource("root", undefined),
    resource("a", "root"),
    resource("b", "root"),
    resource("a1", "a"),
  ];
  expect(resourceTree(resources).map(shape)).toEqual([["root", ["a", ["a1"]], ["b"]]]);
});

test("what anything in a component waits for, stands before the component", () => {
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

test("nothing recorded, no tree", () => {
  expect(resourceTree([])).toEqual([]);
});
