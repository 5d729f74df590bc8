import { afterAll, expect, test } from "vitest";
import { shellProject } from "../../support/shell-project.ts";
import { ImportSteps } from "./import-steps.ts";

const project = await shellProject();
const steps = new ImportSteps(project);
afterAll(() => project.remove());

test.each(["ozilab", "tazlab"])(
  "%s without a state imports every object, and up replaces and deletes none",
  async (stack) => {
    // Then the stack has every kind of Cloudflare resource.
    if (stack === "ozilab") steps.addWorkerHostname();
    project.shell.prepare(stack);
    await steps.run(`pulumi stack init ${stack}`);
    await steps.run("pulumi up --yes --skip-preview");
    await steps.loseState(stack);

    expect(await steps.adopt(stack)).toContain("In conflict: 0\n");
    const next = await steps.next();
    expect(next.filter((step) => !/^(create|update) /.test(step))).toEqual([]);
    // What cannot be imported: the policy is written over, an OAuth client's key is unknown, a patch is made on what exists.
    // A component without an imported child is created too; nothing live belongs to it.
    const created = next.filter((step) => step.startsWith("create "));
    const others = / (\w+Patch|ObjectFields|OperatorCredential|Homepage) /;
    expect(created.filter((step) => !others.test(step)).sort()).toEqual([
      "create Acl tailnet-policy",
      "create Cluster cluster",
      "create OauthClient operator-credential-client",
    ]);
    await steps.run("pulumi up --yes --skip-preview");
    await steps.run("pulumi preview --expect-no-changes");
  },
);
