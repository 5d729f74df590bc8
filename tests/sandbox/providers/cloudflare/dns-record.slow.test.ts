import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { records } from "../../../../sandbox/providers/cloudflare/dns-record.ts";
import { failuresOf, resource, stepsOf } from "../../inline-project.ts";
import { cloudflareProject } from "./cloudflare-project.ts";

const { project, enterprise, free } = await cloudflareProject();

const record = (name: string, inputs: object, opts?: pulumi.CustomResourceOptions) =>
  resource(
    "cloudflare:index/dnsRecord:DnsRecord",
    name,
    {
      zoneId: enterprise,
      name: `${name}.example.com`,
      type: "CNAME",
      content: "x.ts.net",
      ttl: 1,
      proxied: true,
      ...inputs,
    },
    opts,
  );

describe("a record", () => {
  test("is rejected if it conflicts with another record, or if its own settings contradict each other", async () => {
    const first = () => {
      record("app", {});
      record("address", { type: "A", content: "192.0.2.1", proxied: false });
    };
    await project.up(first);
    const run = await project.up(
      () => {
        first();
        record("same-name", { name: "app.example.com", content: "other.ts.net" });
        record("identical", { name: "app.example.com" });
        record("address-beside-alias", { name: "app.example.com", type: "A", content: "192.0.2.1" });
        record("same-address", { name: "address.example.com", type: "A", content: "192.0.2.1" });
        record("proxied-text", { type: "TXT", content: "x" });
        record("short", { proxied: false, ttl: 29 });
        record("lost-zone", { zoneId: "nowhere" });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      "address-beside-alias: 400 Bad Request: 81054 A CNAME record with that host already exists.",
      "identical: 400 Bad Request: 81058 An identical record already exists.",
      "lost-zone: 404 Not Found: 7003 Could not route to /zones/nowhere, perhaps your object identifier is invalid?",
      "proxied-text: 400 Bad Request: 9004 This record type cannot be proxied.",
      "same-address: 400 Bad Request: 81057 The record already exists.",
      "same-name: 400 Bad Request: 81053 An A, AAAA, or CNAME record with that host already exists.",
      "short: 400 Bad Request: 9021 Invalid TTL. Must be between 30 and 86400 seconds, or 1 for Automatic.",
    ]);
    const slow = await project.up(() => {
      record("slow", { ttl: 300 });
    });
    expect(failuresOf(slow)[0]).toContain("ttl must be set to 1 when proxied is true, and is 300");
  });

  test("is replaced only for a new zone or type; a name outside the zone is relative to it", async () => {
    const program = (inputs: object) => () => {
      record("app", inputs, { deleteBeforeReplace: true });
    };
    await project.up(program({}));
    expect(stepsOf(await project.up(program({ content: "y.ts.net" })))).toEqual(["update app"]);
    const typed = await project.up(program({ type: "TXT", content: "x", proxied: false }));
    expect(stepsOf(typed)).toEqual(["create-replacement app", "delete-replaced app", "replace app"]);
    const moved = await project.up(program({ zoneId: free, name: "app.example.com" }));
    expect(stepsOf(moved)).toEqual(["create-replacement app", "delete-replaced app", "replace app"]);
    expect(
      project.withWorld((world) =>
        records(world, free)
          .values()
          .map(({ name }) => name),
      ),
    ).toEqual(["app.example.com.example.org"]);
  });

  test("counts towards the zone's limit; a refresh shows an edit by hand", async () => {
    await project.destroy();
    project.withWorld((world) => {
      for (let index = 0; index < 199; index += 1) {
        records(world, free).set(`${index}`, {
          zoneId: free,
          name: `x${index}.example.org`,
          type: "TXT",
          ttl: 60,
        });
      }
    });
    const program = (count: number) => () => {
      for (let index = 0; index < count; index += 1) {
        record(`n${index}`, { zoneId: free, name: `n${index}.example.org` });
      }
    };
    await project.up(program(1));
    expect(failuresOf(await project.up(program(2)))).toEqual([
      "n1: 400 Bad Request: 81045 Record quota exceeded.",
    ]);
    project.withWorld((world) => {
      const [id = "", mine] = [...records(world, free)].at(-1) ?? [];
      if (mine) records(world, free).set(id, { ...mine, content: "elsewhere.example.net" });
    });
    const refreshed = await project.refresh();
    expect(refreshed.steps.map(({ op }) => op)).toEqual(["update"]);
    await project.destroy();
    expect(project.withWorld((world) => records(world, free).size)).toBe(199);
  });
});
