import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { unknown } from "../../../doctor/core/check.ts";
import { renderMetrics } from "../../../doctor/metrics/prometheus.ts";
import { writeMetrics } from "../../../doctor/metrics/write-metrics.ts";
import { BROKEN, reportOf } from "../page/sample-report.ts";

const folder = await mkdtemp(join(tmpdir(), "metrics-"));
afterAll(() => rm(folder, { recursive: true }));

test("a report becomes state sets, the causes and the times", async () => {
  const checks = BROKEN.filter(({ id }) => ["zone/example.com", "public-dns/app.example.com"].includes(id));
  expect(await renderMetrics(await reportOf(checks)))
    .toBe(`# HELP tailnet_edge_doctor_verdict 1 for the verdict of the last run
# TYPE tailnet_edge_doctor_verdict gauge
tailnet_edge_doctor_verdict{verdict="healthy",stack="ozilab"} 0
tailnet_edge_doctor_verdict{verdict="broken",stack="ozilab"} 1
tailnet_edge_doctor_verdict{verdict="unknown",stack="ozilab"} 0

# HELP tailnet_edge_doctor_check_status 1 for the status of a check
# TYPE tailnet_edge_doctor_check_status gauge
tailnet_edge_doctor_check_status{group="cloudflare",check="zone/example.com",status="ok",stack="ozilab"} 0
tailnet_edge_doctor_check_status{group="cloudflare",check="zone/example.com",status="broken",stack="ozilab"} 1
tailnet_edge_doctor_check_status{group="cloudflare",check="zone/example.com",status="unknown",stack="ozilab"} 0
tailnet_edge_doctor_check_status{group="cloudflare",check="zone/example.com",status="skipped",stack="ozilab"} 0
tailnet_edge_doctor_check_status{group="data path",check="public-dns/app.example.com",status="ok",stack="ozilab"} 0
tailnet_edge_doctor_check_status{group="data path",check="public-dns/app.example.com",status="broken",stack="ozilab"} 1
tailnet_edge_doctor_check_status{group="data path",check="public-dns/app.example.com",status="unknown",stack="ozilab"} 0
tailnet_edge_doctor_check_status{group="data path",check="public-dns/app.example.com",status="skipped",stack="ozilab"} 0

# HELP tailnet_edge_doctor_finding 1 for each cause that the last run found
# TYPE tailnet_edge_doctor_finding gauge
tailnet_edge_doctor_finding{check="zone/example.com",cause="operator-missing",stack="ozilab"} 1

# HELP tailnet_edge_doctor_duration_seconds How long the last run took
# TYPE tailnet_edge_doctor_duration_seconds gauge
tailnet_edge_doctor_duration_seconds{stack="ozilab"} 8.36

# HELP tailnet_edge_doctor_last_run_timestamp_seconds When the last run ended
# TYPE tailnet_edge_doctor_last_run_timestamp_seconds gauge
tailnet_edge_doctor_last_run_timestamp_seconds{stack="ozilab"} 1795832231.48
`);
});

test("a label keeps what its value contains", async () => {
  const [check] = BROKEN;
  if (check === undefined) throw new Error("the sample has no check");
  const text = await renderMetrics(await reportOf([{ ...check, id: 'a"\\\n', outcome: unknown("") }]));
  expect(text).toContain(String.raw`check="a\"\\\n",status="unknown",stack="ozilab"} 1`);
});

test("the file is replaced as a whole, readable for the collector, and nothing else is left", async () => {
  const path = join(folder, "ozilab.prom");
  await writeFile(path, "old");
  const before = await stat(path);
  await writeMetrics(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  const after = await stat(path);
  expect(after.ino).not.toBe(before.ino);
  expect(after.mode & 0o777).toBe(0o644);
  expect(await readdir(folder)).toEqual(["ozilab.prom"]);
});

test("a folder that does not exist is an error with a fix", async () => {
  const path = join(folder, "missing", "ozilab.prom");
  await expect(writeMetrics(path, "new")).rejects.toThrow(
    `  METRICS\n    found:   ${JSON.stringify(path)}, which cannot be written (ENOENT)\n    allowed: `,
  );
});

test("what is in the place of the file stays if it cannot be replaced", async () => {
  const path = join(folder, "folder.prom");
  await mkdir(path);
  await expect(writeMetrics(path, "new")).rejects.toThrow("METRICS");
  expect((await readdir(folder)).toSorted()).toEqual(["folder.prom", "ozilab.prom"]);
});
