import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CHART_VERSION } from "../../components/operator/chart-version.ts";

test("the chart is built from the operator's source at the chart's version", () => {
  const required = readFileSync(new URL("../../tools/chart/go.mod", import.meta.url), "utf8");
  const fix = `fix: go -C tools/chart get tailscale.com@v${CHART_VERSION}`;
  expect(/^\s*tailscale\.com v(\S+)/m.exec(required)?.[1], fix).toBe(CHART_VERSION);
});
