import { expect, test } from "vitest";
import { sandboxChart } from "../../bench/sandbox-chart.ts";
import { sizeOf } from "./sandbox-sample.ts";

const chart = sandboxChart([sizeOf(1, 1, [[1, 10]]), sizeOf(100, 1, [[10, 10]]), sizeOf(10, 20, [[1, 1]])]);

function attributes(pattern: RegExp): (string | undefined)[] {
  return [...chart.matchAll(pattern)].map(([, content]) => content);
}

test("every line goes through its points, on logarithmic axes", () => {
  expect(attributes(/<polyline[^>]* points="([^"]*)"/g)).toEqual([
    "64,380 696,40",
    "64,40 696,40",
    "380,380",
    "380,380",
  ]);
  expect(attributes(/<circle cx="([^"]*)"/g)).toEqual(["64", "696", "64", "696", "380", "380"]);
});

test("axes have titles and round numbers, and each line its name", () => {
  expect(attributes(/<text[^>]*>([^<]*)/g)).toEqual([
    "First up: seconds (logarithmic)",
    "hostnames (logarithmic)",
    ..."1 10 100".split(" "),
    ...[1, 2, 5, 10].map((seconds) => `${seconds} s`),
    ...["1 zone", "20 zones"].flatMap((zones) => [`ozilab, ${zones}`, `flat, ${zones}`]),
  ]);
});

test("zones have a colour, and the flat program's line is dashed", () => {
  expect(attributes(/<polyline fill="none" (stroke="[^"]*").*/g)).toEqual(
    ["#c0392b", "#c0392b", "#1f618d", "#1f618d"].map((color) => `stroke="${color}"`),
  );
  expect(attributes(/(<polyline[^>]*>)/g).map((line) => line?.includes("dasharray"))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
