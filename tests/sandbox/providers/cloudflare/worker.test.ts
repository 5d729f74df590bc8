import type * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { workerScripts } from "../../../../sandbox/providers/cloudflare/worker-script.ts";
import { workerSubdomains } from "../../../../sandbox/providers/cloudflare/worker.ts";
import { failuresOf, resource, stepsOf } from "../../inline-project.ts";
import { cloudflareProject } from "./cloudflare-project.ts";

const { project, enterprise } = await cloudflareProject();

test("a route needs an existing script, a pattern of its zone, and no other route with that pattern", async () => {
  const script = (name: string, inputs: object = {}) =>
    resource("cloudflare:index/workersScript:WorkersScript", name, {
      accountId: "a".repeat(32),
      scriptName: name,
      content: "export default {}",
      ...inputs,
    });
  const route = (name: string, inputs: object, dependsOn: pulumi.Resource[] = []) =>
    resource(
      "cloudflare:index/workersRoute:WorkersRoute",
      name,
      { zoneId: enterprise, pattern: "a.example.com/*", script: "edge", ...inputs },
      { dependsOn },
    );
  const subdomain = (scriptName: string, dependsOn: pulumi.Resource[]) =>
    resource(
      "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain",
      `${scriptName}-subdomain`,
      { accountId: "a".repeat(32), scriptName, enabled: false },
      { dependsOn },
    );
  const run = await project.up(
    () => {
      const edge = script("edge");
      const first = route("first", {}, [edge]);
      route("same", {}, [first]);
      route("elsewhere", { pattern: "a.example.net/*" }, [edge]);
      route("scriptless", { pattern: "b.example.com/*", script: "lost" });
      script("stray", { accountId: "nobody" });
      subdomain("lost", []);
      subdomain("edge", [edge]);
    },
    { continueOnError: true },
  );
  expect(failuresOf(run)).toEqual([
    "elsewhere: 400 Bad Request: 10022 route pattern a.example.net/* is not of zone example.com",
    "lost-subdomain: 404 Not Found: 10007 This Worker does not exist on your account: lost",
    "same: 409 Conflict: 10020 A route with the same pattern already exists.",
    "scriptless: 404 Not Found: 10007 This Worker does not exist on your account: lost",
    "stray: 404 Not Found: 7003 Could not route to /accounts/nobody",
  ]);
  expect(stepsOf(await project.destroy())).toEqual(["delete edge", "delete edge-subdomain", "delete first"]);
  expect(
    project.session.withWorld((world) => [workerScripts(world).size, workerSubdomains(world).size]),
  ).toEqual([0, 0]);
});
