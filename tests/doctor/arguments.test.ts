import { expect, test } from "vitest";
import { doctorOptions } from "../../ci/report/doctor-report.ts";
import { readArguments } from "../../doctor/arguments.ts";

const places = (...args: readonly string[]) => readArguments(args).from;

test("runs as a client of the private services, unless FROM is elsewhere", () => {
  expect([places(), places("--from="), places("--from=client"), places("--from=elsewhere")]).toEqual([
    ...["client", "client", "client", "elsewhere"],
  ]);
  expect(() => places("--from=cluster")).toThrow(
    expect.objectContaining({
      issues: [
        { path: "FROM", found: '"cluster"', allowed: "client, elsewhere", fix: "choose one of these" },
      ],
    }),
  );
});

test("CI reads a report of JSON, from a machine that is no client", () => {
  expect(readArguments(doctorOptions("tazlab"))).toMatchObject({
    ...{ stack: "tazlab", from: "elsewhere", format: "json" },
  });
});
