import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../../../sandbox/prerequisites/stack-settings.ts";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { clearStaleLocks } from "../../../sandbox/session/locks.ts";
import type { EngineStep } from "../../../sandbox/session/run.ts";
import { injectFault } from "../../../sandbox/world/api.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../inline-project.ts";

let project: InlineProject;
let zone: string;

beforeAll(async () => {
  project = await InlineProject.create({ zones: [{ name: "example.com" }] }, [
    "inline:greeting: hello",
    "inline:password:",
    "  secure: v1:whatever:it-is",
  ]);
  zone = project.withWorld((world) => [...zones(world)].map(([id]) => id)).join("");
});

afterAll(async () => {
  await project.remove();
});

const program = (count: number) => () => {
  for (let index = 0; index < count; index += 1) {
    resource("cloudflare:index/dnsRecord:DnsRecord", `r${index}`, {
      zoneId: zone,
      name: `r${index}.example.com`,
      type: "CNAME",
      content: "x.ts.net",
      ttl: 1,
    });
  }
  const config = new pulumi.Config();
  return { greeting: config.require("greeting"), password: config.requireSecret("password") };
};

const recorded = () =>
  project.withWorld((world) =>
    records(world, zone)
      .values()
      .map(({ name }) => name)
      .sort(),
  );

describe("a stack", () => {
  test("comes up, stays unchanged, and is destroyed", async () => {
    const up = await project.up(program(2));
    expect([up.ok, up.errors, up.warnings, stepsOf(up)]).toEqual([true, [], [], ["create r0", "create r1"]]);
    expect(up.log).toContain("+ 3 created");
    expect(recorded()).toEqual(["r0.example.com", "r1.example.com"]);
    const again = await project.up(program(2));
    expect([again.ok, stepsOf(again)]).toEqual([true, []]);
    expect(stepsOf(await project.up(program(1)))).toEqual(["delete r1"]);
    expect(stepsOf(await project.destroy())).toEqual(["delete r0"]);
    expect(recorded()).toEqual([]);
  });

  test("reads its file's configuration, with an encrypted placeholder for each secret", async () => {
    const { outputs } = await project.up(program(0));
    expect(outputs).toEqual({
      greeting: { value: "hello", secret: false },
      password: { value: "sandbox-inline-password", secret: true },
    });
    expect(project.session.stateText()).not.toContain("sandbox-inline-password");
    expect(await readFile(join(project.folder, "Pulumi.test.yaml"), "utf8")).toContain(
      "secure: v1:whatever:it-is",
    );
  });

  test("resumes after a failure where it stopped", async () => {
    project.withWorld((world) => {
      injectFault(world, { operation: "cloudflare POST", after: 1, times: 3, effect: { status: 500 } });
    });
    const failed = await project.up(program(2));
    expect([failed.ok, failuresOf(failed).length, recorded().length]).toEqual([false, 1, 1]);
    expect(failuresOf(failed)[0]).toContain(
      "cloudflare POST /zones/{zone}/dns_records: 500 Internal Server Error",
    );
    expect(stepsOf(await project.up(program(2))).length).toBe(1);
    expect(recorded()).toEqual(["r0.example.com", "r1.example.com"]);
    await project.destroy();
  });
});

describe("after a crash of the providers", () => {
  const crashed = "the simulated providers crashed during the up";

  test("before a call took effect, the next run resumes", async () => {
    project.withWorld((world) => {
      injectFault(world, { operation: "cloudflare POST", effect: { crash: "before" } });
    });
    await expect(project.up(program(1))).rejects.toThrow(crashed);
    expect(recorded()).toEqual([]);
    expect(stepsOf(await project.up(program(1)))).toEqual(["create r0"]);
    await project.destroy();
  });

  test("after a call took effect, its result is kept and the next run reports that it exists", async () => {
    project.withWorld((world) => {
      injectFault(world, { operation: "cloudflare POST", effect: { crash: "after" } });
    });
    await expect(project.up(program(1))).rejects.toThrow(crashed);
    expect(recorded()).toEqual(["r0.example.com"]);
    expect(failuresOf(await project.up(program(1)))).toEqual([
      "r0: 400 Bad Request: 81058 An identical record already exists.",
    ]);
    project.withWorld((world) => {
      for (const [id] of [...records(world, zone)]) records(world, zone).delete(id);
    });
    expect((await project.up(program(1))).ok).toBe(true);
    expect((await project.destroy()).ok).toBe(true);
  });
});

test("an up fails and deletes nothing if the program loses its connection to the engine", async () => {
  await project.up(program(1));
  const failed = await project.up(() => {
    throw Object.assign(new Error("14 UNAVAILABLE: no connection"), { code: 14 });
  });
  expect([failed.ok, recorded()]).toEqual([false, ["r0.example.com"]]);
  expect(failed.errors.join("\n")).toContain("14 UNAVAILABLE: no connection");
  await project.destroy();
});

const backend = () => join(project.folder, ".sandbox", "state");

test("the state has no file of attributes, which a killed engine would leave empty and never read again", async () => {
  expect((await project.up(program(0))).ok).toBe(true);
  const files = await readdir(backend(), { recursive: true });
  expect(files).toContain(join(".pulumi", "stacks", "inline", "test.json"));
  expect(files.filter((name) => name.endsWith(".attrs"))).toEqual([]);
});

describe("a lock", () => {
  const folder = () => join(backend(), ".pulumi", "locks", "organization", "inline", "test");
  const lock = async (pid: number, host = hostname()) => {
    await mkdir(folder(), { recursive: true });
    const content = { pid, username: "ann", hostname: host, timestamp: "2026-01-01T00:00:00Z" };
    await writeFile(join(folder(), "left.json"), JSON.stringify(content));
  };

  test("of an interrupted run is removed with a notice", async () => {
    // Above the largest process ID that Linux assigns.
    await lock(2 ** 22 + 1);
    expect(clearStaleLocks(backend(), "inline", "test")).toEqual([
      `removed the lock that the interrupted run of process ${2 ** 22 + 1} left on stack test`,
    ]);
    expect(await readdir(folder())).toEqual([]);
    expect(clearStaleLocks(backend(), "inline", "never-run")).toEqual([]);
  });

  test("of a killed engine does not stop the next run", async () => {
    const kill = async () => {
      const [file = ""] = (await readdir(folder())).filter((name) => name.endsWith(".json"));
      const { pid } = JSON.parse(await readFile(join(folder(), file), "utf8")) as { pid: number };
      process.kill(pid, "SIGKILL");
    };
    let killed: Promise<void> | undefined;
    const onStart = ({ name }: EngineStep) => {
      if (name.startsWith("r")) killed ??= kill();
    };
    expect((await project.up(program(2), { onStart })).ok).toBe(false);
    await killed;
    expect((await readdir(folder())).length).toBeGreaterThan(0);
    const again = await project.up(program(0));
    expect([again.ok, again.errors]).toEqual([true, []]);
    expect(await readdir(folder())).toEqual([]);
    // A record that was created after the engine was killed is in no state.
    project.withWorld((world) => {
      for (const [id] of [...records(world, zone)]) records(world, zone).delete(id);
    });
  });

  test.each([
    ["here", process.pid, hostname()],
    ["elsewhere", 2 ** 22 + 1, "another-machine"],
  ])("of a run that may be in progress %s stops this run and says what to do", async (_where, pid, host) => {
    await lock(pid, host);
    await expect(project.up(program(0))).rejects.toThrow(
      `stack test is locked by process ${pid} of ann@${host} since 2026-01-01T00:00:00Z\n` +
        `wait until that run ends; if that process is not a sandbox run, remove ${join(folder(), "left.json")}`,
    );
    await rm(folder(), { recursive: true });
  });
});

test("rejects a stack that has no file", () => {
  expect(() => readSettings(project.folder, "lost")).toThrow(
    /found: +"lost"\n.*: test\n.*Pulumi\.lost\.yaml/,
  );
});

test("rejects a world of another format before the run starts", async () => {
  const file = join(project.folder, ".sandbox", "world.json");
  const kept = await readFile(file, "utf8");
  await writeFile(file, '{"format": 0}');
  await expect(project.up(program(1))).rejects.toThrow(`${file} has format 0`);
  await writeFile(file, kept);
  expect(recorded()).toEqual([]);
});

test("two sandboxes run side by side", async () => {
  const other = await InlineProject.create();
  const empty = () => ({});
  try {
    const [one, two] = await Promise.all([project.up(program(0)), other.up(empty)]);
    expect([one.ok, two.ok]).toEqual([true, true]);
  } finally {
    await other.remove();
  }
});
