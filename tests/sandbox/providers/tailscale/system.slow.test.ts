import { OauthClient } from "@pulumi/tailscale/oauthClient.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { credentials, devices, tailnet } from "../../../../sandbox/providers/tailscale/tailnet.ts";
import { injectFault } from "../../../../sandbox/world/api.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../../inline-project.ts";

const ACL = "tailscale:index/acl:Acl";
const CLIENT = "tailscale:index/oauthClient:OauthClient";
const SETTINGS = "tailscale:index/tailnetSettings:TailnetSettings";
const DNS = "tailscale:index/dnsPreferences:DnsPreferences";

const POLICY = '{"tagOwners": {"tag:a": [], "tag:b": ["tag:a"]}, "grants": []}';

let project: InlineProject;

beforeAll(async () => {
  project = await InlineProject.create();
});

afterAll(async () => {
  await project.remove();
});

describe("the policy", () => {
  test("replaces a default policy, and an edited one only if imported or with overwriteExistingContent", async () => {
    const program = () => {
      resource(ACL, "policy", { acl: POLICY });
    };
    expect(stepsOf(await project.up(program))).toEqual(["create policy"]);

    const second = await project.up(() => {
      program();
      resource(ACL, "second", { acl: POLICY });
    });
    expect(failuresOf(second)).toEqual([
      "second: ! You seem to be trying to overwrite a non-default ACL with a tailscale_acl resource.\n" +
        "Before doing this, please import your existing ACL into Terraform state using:\n" +
        " terraform import $(this_resource) acl\n" +
        '(got error "precondition failed, invalid old hash (412)")',
    ]);

    const adopted = await project.up(() => {
      resource(ACL, "policy", { acl: POLICY });
      resource(ACL, "adopted", { acl: POLICY }, { import: "acl" });
      resource(ACL, "overwriting", { acl: POLICY, overwriteExistingContent: true });
    });
    expect(stepsOf(adopted)).toEqual(["create overwriting", "import adopted"]);
  });

  test("is unchanged if only whitespace differs, and is restored after an edit by hand", async () => {
    const program = (acl: string) => () => {
      resource(ACL, "policy", { acl });
    };
    await project.up(program(POLICY));
    expect(stepsOf(await project.up(program(POLICY.replaceAll(" ", "\n"))))).toEqual([]);

    project.withWorld((world) => {
      world.table("tailscale.tailnet").set("-", { ...tailnet(world), policy: "{}" });
    });
    expect(stepsOf(await project.refresh())).toEqual(["update policy"]);
    expect(stepsOf(await project.up(program(POLICY)))).toEqual(["update policy"]);
    expect(project.withWorld((world) => tailnet(world).policy)).toBe(POLICY);
  });

  test("must be HuJSON, with declared tags, known groups and tests that pass", async () => {
    const rejected = {
      broken: '{"grants": [',
      section: '{"aclz": []}',
      tag: '{"grants": [{"src": ["*"], "dst": ["tag:lost"], "ip": ["*"]}]}',
      group: '{"grants": [{"src": ["group:lost"], "dst": ["*"], "ip": ["*"]}]}',
      tests: '{"tagOwners": {"tag:a": []}, "tests": [{"src": "tag:a", "accept": ["tag:a:443"]}]}',
    };
    const run = await project.up(
      () => {
        resource(ACL, "policy", { acl: POLICY });
        for (const [name, acl] of Object.entries(rejected)) {
          resource(ACL, name, { acl, overwriteExistingContent: true });
        }
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      "broken: policy file is not HuJSON: CloseBracketExpected at offset 12",
      'group: policy file: group not found: "group:lost"',
      'section: policy file: : Unrecognized key: "aclz"',
      'tag: policy file: tag not found: "tag:lost"',
      'tests: test(s) failed: tag:a: address "tag:a:443": want: Accept, got: Drop',
    ]);
    expect(project.withWorld((world) => tailnet(world).policy)).toBe(POLICY);
  });
});

describe("an OAuth client", () => {
  test("needs declared tags, known scopes, and a description of at most 50 characters", async () => {
    const tags = ["tag:a"];
    const run = await project.up(
      () => {
        resource(ACL, "policy", { acl: POLICY });
        resource(CLIENT, "undeclared", { scopes: ["auth_keys"], tags: ["tag:lost"] });
        resource(CLIENT, "untagged", { scopes: ["devices:core"] });
        resource(CLIENT, "unknown", { scopes: ["device"], tags });
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      "undeclared: requested tags [tag:lost] are invalid or not permitted (400)",
      'unknown: invalid scope "device" (400)',
      "untagged: tags are required with the scopes auth_keys and devices:core (400)",
    ]);
    const long = await project.up(() => {
      resource(CLIENT, "long", { scopes: ["services"], description: "x".repeat(51) });
    });
    expect(failuresOf(long)[0]).toContain("at most 50 characters");
  });

  test("is rotated by a replacement trigger, new before old, and its key is secret in the state", async () => {
    const program = (serial: number) => () => {
      resource(ACL, "policy", { acl: POLICY });
      const client = new OauthClient(
        "client",
        { scopes: ["auth_keys", "services:read"], tags: ["tag:a"] },
        { replacementTrigger: serial },
      );
      return { key: client.key };
    };
    const first = await project.up(program(1));
    const key = String(first.outputs["key"]?.value);
    expect(key).toMatch(/^tskey-client-/);
    expect(first.outputs["key"]?.secret).toBe(true);
    expect(project.session.stateText()).not.toContain(key);
    const before = project.withWorld((world) => Object.keys(credentials(world).toJSON()));

    const rotated = await project.up(program(2));
    expect(rotated.steps.filter(({ name }) => name === "client").map(({ op }) => op)).toEqual([
      "create-replacement",
      "replace",
      "delete-replaced",
    ]);
    const after = project.withWorld((world) => Object.keys(credentials(world).toJSON()));
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
  });

  test("is created again after it was revoked by hand", async () => {
    const program = () => {
      resource(CLIENT, "client", { scopes: ["services"], description: "renamed" });
    };
    await project.up(program);
    project.withWorld((world) => {
      for (const [id] of [...credentials(world)]) credentials(world).delete(id);
    });
    expect(stepsOf(await project.refresh())).toEqual(["delete client"]);
    expect(stepsOf(await project.up(program))).toEqual(["create client"]);
  });
});

describe("the tailnet's settings", () => {
  test("change only where set and stay after the resource; MagicDNS is disabled with its resource", async () => {
    project.withWorld((world) => {
      const settings = { httpsEnabled: false, usersApprovalOn: true };
      world.table("tailscale.tailnet").set("-", { ...tailnet(world), settings, magicDns: false });
    });
    await project.up(() => {
      resource(SETTINGS, "settings", { httpsEnabled: true });
      resource(DNS, "dns", { magicDns: true });
    });
    expect(project.withWorld((world) => [tailnet(world).settings, tailnet(world).magicDns])).toEqual([
      { httpsEnabled: true, usersApprovalOn: true },
      true,
    ]);
    expect(stepsOf(await project.refresh())).toEqual([]);
    await project.destroy();
    expect(project.withWorld((world) => [tailnet(world).settings, tailnet(world).magicDns])).toEqual([
      { httpsEnabled: true, usersApprovalOn: true },
      false,
    ]);
  });

  test("fail to update if the API fails once, and the next update succeeds", async () => {
    project.withWorld((world) => {
      injectFault(world, { operation: "tailscale PATCH", effect: { status: 500 } });
    });
    const program = () => {
      resource(SETTINGS, "settings", { httpsEnabled: true });
    };
    expect(failuresOf(await project.up(program))).toEqual([
      "settings: tailscale PATCH /tailnet/{tailnet}/settings: 500 Internal Server Error",
    ]);
    expect(stepsOf(await project.up(program))).toEqual(["create settings"]);
    expect(project.withWorld((world) => devices(world).size)).toBe(0);
  });
});
