import { afterAll, expect, test } from "vitest";
import { notOk, sandboxDoctor } from "./sandbox-doctor.ts";

const doctor = await sandboxDoctor("tazlab");
afterAll(() => doctor.remove());

test("a healthy tazlab is healthy, with the names of six objects and the certificates of five Ingresses", async () => {
  const report = await doctor.diagnose();
  const names = ["home", "pgadmin", "longhorn", "traefik", "grafana"];
  const controlPlane = report.results.filter(({ group }) => group === "control plane");
  expect(notOk(report)).toEqual([]);
  expect(controlPlane.flatMap(({ id }) => /^certificate\/(\w+)\./.exec(id)?.[1] ?? [])).toEqual(names);
  expect(controlPlane.filter(({ id }) => id.startsWith("name/"))).toHaveLength(6);
  expect(report.results.filter(({ group }) => group === "cloudflare")).toEqual([]);
});
