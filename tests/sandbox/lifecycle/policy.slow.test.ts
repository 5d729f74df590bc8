import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { checksum } from "../../../components/tailnet/policy/mark.ts";
import {
  changeTailnet,
  credentials,
  DEFAULT_POLICY,
  resetPolicy,
  tailnet,
} from "../../../sandbox/providers/tailscale/tailnet.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

const project = await RealProject.create<OzilabChanges>({ configOf: ozilabConfig });

afterAll(async () => {
  await project.remove();
});

beforeEach(() => {
  project.reset();
});

const live = () => project.withWorld((world) => tailnet(world).policy);
const acls = (steps: readonly string[]) => steps.filter((step) => step.includes(" Acl "));

function edit(change: (policy: string) => string): void {
  project.withWorld((world) => {
    changeTailnet(world, { policy: change(live()), policyIsDefault: false });
  });
}

/** Writes a base policy. @returns its path, for the configuration */
function baseFile(text: string): string {
  const path = join(project.folder, "base.hujson");
  writeFileSync(path, text);
  return path;
}

/** A run that must fail and leave the policy as it is. @returns its errors */
async function refused(operation: "preview" | "up", changes: Partial<OzilabChanges> = {}): Promise<string> {
  const before = live();
  project.configure(changes);
  const { ok, errors } = await project.run(operation);
  expect([ok, live()]).toEqual([false, before]);
  return errors.join("\n");
}

describe("a tailnet with the untouched default policy", () => {
  beforeEach(() => {
    project.withWorld(resetPolicy);
  });

  test.each([
    [
      "with a base policy",
      {},
      [
        "; still allowed: autogroup:member → autogroup:self on all ports; autogroup:member → tag:k8s on tcp:443\n",
        "save the live policy as stacks/ozilab.policy.hujson",
      ],
    ],
    [
      "without a base policy",
      { basePolicy: undefined },
      [
        "; still allowed: autogroup:member → tag:k8s on tcp:443\n",
        "save the live policy as a file, and set tailnet-edge:tailnet.basePolicy to its path",
      ],
    ],
  ])("is not locked out, %s: preview and up fail and name who loses what", async (_, changes, texts) => {
    const errors = [await refused("preview", changes), await refused("up", changes)];
    for (const error of errors) {
      expect(error).toContain(`a policy that this stack did not write (${checksum(DEFAULT_POLICY)})`);
      expect(error).toContain("lost: grants: * → * on all ports; still allowed: ");
      for (const text of texts) expect(error).toContain(text);
      expect(error).toContain(
        'lost: ssh: {"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self"]',
      );
      expect(error).toContain("lost: nodeAttrs: autogroup:member: funnel");
      expect(error).toContain(`set tailnet-edge:tailnet.replacePolicy: ${checksum(DEFAULT_POLICY)}`);
    }
    // Nothing that depends on the policy was created.
    expect(project.withWorld((world) => credentials(world).size)).toBe(0);
  });

  test("is replaced when the user accepts the loss of exactly this policy", async () => {
    const stale = await refused("preview", { replacePolicy: "sha256:0123456789abcdef" });
    expect(stale).toContain(
      "tailnet.replacePolicy is sha256:0123456789abcdef: it was given for another policy",
    );
    const replacePolicy = checksum(DEFAULT_POLICY);
    expect(acls(await project.up({ replacePolicy }))).toEqual(["create Acl tailnet-policy"]);
    expect(await project.up({ replacePolicy })).toEqual([]);
    // Only the mark changes when the setting is removed.
    expect(acls(await project.up())).toEqual(["update Acl tailnet-policy"]);
    expect(await project.up()).toEqual([]);
  });
});

describe("a policy of somebody else", () => {
  test("is extended without an import when the base policy has all of it", async () => {
    const policy = DEFAULT_POLICY.replace('"src": ["*"]', '"src": ["autogroup:member"]');
    edit(() => policy);
    const basePolicy = baseFile(live());
    expect(acls(await project.up({ basePolicy }))).toEqual(["create Acl tailnet-policy"]);
    expect(live()).toContain("// Allow all connections.");
    expect(live()).toContain('{"target": ["tag:k8s"], "attr": ["funnel"]}');
    expect(await project.up({ basePolicy })).toEqual([]);
  });

  test("is taken over from another stack if all of it stays, and refused otherwise", async () => {
    await project.up();
    const ofOther = (policy: string) =>
      policy.replace("tailnet-edge stack test,", "tailnet-edge stack other,");
    edit(ofOther);
    expect(await project.up()).toEqual(["update Acl tailnet-policy"]);
    edit((policy) => ofOther(policy).replace('"grants"', '"hosts": {"nas": "192.168.1.5"}, "grants"'));
    const errors = await refused("preview");
    expect(errors).toContain("a policy that stack other wrote; only one stack per tailnet can manage it");
    expect(errors).toContain('lost: hosts: nas: "192.168.1.5"');
  });
});

describe("a policy that was edited in the console after the stack wrote it", () => {
  test("is never overwritten unseen, whether access was added or taken away", async () => {
    await project.up();
    const written = live();
    edit((policy) =>
      policy
        .replace(
          '"grants": [',
          '"grants": [\n// For the new laptop.\n{"src": ["bob@example.com"], "dst": ["*"], "ip": ["22"]},',
        )
        .replace(/^.*autogroup:self.*$/m, ""),
    );
    const errors = await refused("preview", { hostnames: ["app.example.com", "www.example.com"] });
    expect(errors).toContain("a policy that was changed after this stack wrote it");
    expect(errors).toContain("lost: grants: bob@example.com → * on 22");
    expect(errors).toContain("lost: comment: // For the new laptop.");
    expect(errors).toContain("added: grants: autogroup:member → autogroup:self on all ports");
    await refused("up");

    // Kept: the live policy becomes the base, with the stack's own lines in it.
    const edited = live();
    const basePolicy = baseFile(edited);
    expect(acls(await project.up({ basePolicy }))).toEqual(["update Acl tailnet-policy"]);
    expect(live()).toContain("bob@example.com");
    expect(await project.up({ basePolicy })).toEqual([]);

    // Given up: written although the state has this very text.
    edit(() => written);
    await project.up();
    edit(() => edited);
    expect(acls(await project.up({ replacePolicy: checksum(edited) }))).toEqual([
      "update Acl tailnet-policy",
    ]);
    expect(live()).not.toContain("bob@example.com");
    expect(await project.up({ replacePolicy: checksum(edited) })).toEqual([]);
    await project.up();
    expect(live()).toBe(written);
  });
});

describe("a policy that the stack wrote", () => {
  test("is replaced by the stack's own changes, which may take access away", async () => {
    await project.up();
    expect(await project.up()).toEqual([]);
    const basePolicy = baseFile("{}");
    expect(acls(await project.up({ basePolicy }))).toEqual(["update Acl tailnet-policy"]);
    expect(live()).not.toContain("autogroup:self");
  });

  test("is taken over when the destroyed stack comes back, with other settings too", async () => {
    await project.up();
    expect((await project.run("destroy")).ok).toBe(true);
    const basePolicy = baseFile("{}");
    expect(acls(await project.up({ basePolicy }))).toEqual(["create Acl tailnet-policy"]);
    expect(live()).not.toContain("autogroup:self");
  });

  test("gets its mark when an older version of the program wrote it without one", async () => {
    await project.up();
    const marked = live();
    edit((policy) => policy.slice(policy.indexOf("\n") + 1));
    expect(await project.up()).toEqual(["update Acl tailnet-policy"]);
    expect(live()).toBe(marked);
  });
});
