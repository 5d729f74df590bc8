import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { credentials } from "../../sandbox/providers/tailscale/tailnet.ts";
import { runbookBlocks } from "../../sandbox/rehearse/runbook.ts";
import { readDocument, WORLD_FILE } from "../../sandbox/world/world-file.ts";
import { RunbookProject } from "./runbook-project.ts";

const runbook = await RunbookProject.create(["ozilab", "tazlab"]);
const { shell } = runbook.project;
afterAll(() => runbook.project.remove());
beforeEach(() => runbook.reset());

test("after an interrupted Helm operation, the release is complete again", async () => {
  await runbook.runBlock("after-pending");
  expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
});

test("after a killed update, the stack is unlocked and complete", async () => {
  const { stdout } = await shell.run("pulumi stack export --stack ozilab");
  const state = JSON.parse(stdout) as {
    deployment: { resources: { urn: string }[]; pending_operations?: object[] };
  };
  const pending = state.deployment.resources.find(({ urn }) => urn.endsWith("::app.example.com"));
  state.deployment.pending_operations = [{ resource: { ...pending, id: "" }, type: "creating" }];
  writeFileSync(join(runbook.project.folder, "pending.json"), JSON.stringify(state));
  await shell.run("pulumi stack import --file pending.json --stack ozilab");
  const locks = join(runbook.sandbox, "state", ".pulumi", "locks", "organization", "tailnet-edge", "ozilab");
  mkdirSync(locks, { recursive: true });
  writeFileSync(
    join(locks, "killed.json"),
    JSON.stringify({ pid: 1, username: "test", hostname: "test", timestamp: "2026-01-01T00:00:00Z" }),
  );
  const locked = await shell.run("pulumi up --yes --skip-preview --stack ozilab");
  expect([locked.exitCode, locked.stdout + locked.stderr]).toEqual([
    1,
    expect.stringContaining("the stack is currently locked"),
  ]);
  await runbook.runBlock("killed-update");
  expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
});

test("a rotation leaves one client", async () => {
  const ids = () =>
    runbook.inWorld((world) =>
      credentials(world)
        .values()
        .map(({ id }) => id),
    );
  const before = ids();
  await runbook.runBlock("rotate");
  expect(ids()).toHaveLength(1);
  expect(ids()).not.toEqual(before);
});

test("a client that was made in the console is rotated", async () => {
  await shell.run("pulumi config rm --path tailnet-edge:operator.credential --stack ozilab");
  await shell.run("pulumi config set --path tailnet-edge:operator.credential.kind existing --stack ozilab");
  shell.prepare("ozilab", {
    oauthClients: ["old", "new"].map((id) => ({
      id,
      secret: `secret-${id}`,
      scopes: ["auth_keys", "devices:core", "services"],
      tags: ["tag:k8s-operator"],
    })),
  });
  const printed = await runbook.runBlock("rotate-existing", {
    variables: { CLIENT_ID: "new", CLIENT_SECRET: "secret-new" },
    console: {
      "revoke the old client": () => {
        runbook.inWorld((world) => {
          credentials(world).delete("old");
        });
      },
    },
  });
  expect(printed).not.toContain("secret-new");
  expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
});

test("the chart is upgraded", async () => {
  expect(await runbook.runBlock("upgrade-chart")).toContain("1.98.4");
  expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
});

test("a renamed tailnet: every hostname follows", async () => {
  await runbook.runBlock("rename-tailnet", { console: { "rename the tailnet": renameTailnet } });
  expect(runbook.answers()).toEqual(
    (runbook.deployed.ozilab ?? []).map((line) => line.replaceAll("tail1234.ts.net", "renamed.ts.net")),
  );
});

function renameTailnet(): void {
  const file = join(runbook.sandbox, WORLD_FILE);
  const text = readFileSync(file, "utf8").replaceAll("tail1234.ts.net", "renamed.ts.net");
  writeFileSync(file, text);
  expect(readDocument(file).tables["clusters"]).toEqual(
    expect.objectContaining({ ozilab: "renamed.ts.net" }),
  );
}

test("one hostname goes back to its tunnel", async () => {
  await runbook.runBlock("rollback-hostname");
  expect(await contentOf("app.example.com")).toBe("1b2c3d4e.cfargotunnel.com");
});

test("the whole edge goes back to cloudflared", async () => {
  await runbook.runBlock("rollback-edge");
  expect(await contentOf("app.example.com")).toBe("1b2c3d4e.cfargotunnel.com");
});

test("a service has its legacy route again, beside the tailnet's", async () => {
  await runbook.runBlock("rollback-service", { stack: "tazlab" });
  const { stdout } = await shell.run("pulumi stack output exposure --json --stack tazlab");
  expect(stdout).toContain('"address": "192.168.1.241:5432"');
  expect(stdout).toContain('"address": "tazlab-db.magellanic-gondola.ts.net:5432"');
});

test("a reverted commit is deployed", async () => {
  await runbook.project.change(
    "Pulumi.ozilab.yaml",
    "- app.example.com",
    "- app.example.com\n      - b.example.com",
  );
  await shell.run("pulumi up --yes --skip-preview --stack ozilab");
  expect(runbook.answers()).not.toEqual(runbook.deployed.ozilab);
  await runbook.project.git("config", "user.name", "Test");
  await runbook.project.git("config", "user.email", "test@example.com");
  await runbook.runBlock("rollback-commit");
  expect(runbook.answers()).toEqual(runbook.deployed.ozilab);
});

test.each(["state-lost", "both-lost"])(
  "the block %s keeps the key of a cloud in the stack's file",
  async (block) => {
    const key = Buffer.from("vault:v1:key").toString("base64");
    const file = join(runbook.project.folder, "Pulumi.kms.yaml");
    const lines = `secretsprovider: hashivault://pulumi\nencryptedkey: ${key}\n`;
    const init = async (command: string) => {
      writeFileSync(file, lines);
      const vault = { VAULT_ADDR: await startVault(), VAULT_TOKEN: "test" };
      const { exitCode, stdout, stderr } = await shell.run(command, vault);
      expect(exitCode, stdout + stderr).toBe(0);
      return readFileSync(file, "utf8");
    };
    const [first] = runbookBlocks().get(block) ?? [];
    const command = (first?.text ?? "").replace("<cluster>", "kms");
    expect(await init(command.replace("<secrets-provider>", "hashivault://pulumi"))).toBe(lines);
    await shell.run("pulumi stack rm --yes --preserve-config kms");
    // Why the block names the provider.
    expect(await init("pulumi stack init kms")).not.toContain(key);
  },
);

/** HashiCorp's Vault, as far as the engine needs it: its transit engine decrypts any key. */
async function startVault(): Promise<string> {
  const plaintext = Buffer.alloc(32).toString("base64");
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ data: { plaintext } }));
  });
  onTestFinished(() => {
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function contentOf(host: string): Promise<string | undefined> {
  const { stdout } = await shell.run("pulumi stack output hostnames --json --stack ozilab");
  return (JSON.parse(stdout) as Record<string, { target: string }>)[host]?.target;
}
