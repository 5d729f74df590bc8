import { afterAll, expect, test } from "vitest";
import { notOk, sandboxDoctor } from "./sandbox-doctor.ts";

const doctor = await sandboxDoctor("tazlab");
afterAll(() => doctor.remove());

test("a healthy tazlab has no finding, and only the certificates of its five Ingresses are unknown", async () => {
  const report = await doctor.diagnose();
  const names = ["home", "pgadmin", "longhorn", "traefik", "grafana"];
  const certificates = names.map((name) => `certificate/${name}.magellanic-gondola.ts.net: unknown`);
  const controlPlane = report.results.filter(({ group }) => group === "control plane");
  expect(notOk({ results: controlPlane })).toEqual(certificates);
  expect(controlPlane.filter(({ id }) => id.startsWith("name/"))).toHaveLength(6);
  expect(report.results.filter(({ group }) => group === "cloudflare")).toEqual([]);
});
