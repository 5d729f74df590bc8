import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT_STATUS, type Report } from "../../../doctor/core/report.ts";
import type { Variables } from "../../../sandbox/http/variables.ts";
import { callCounts } from "../../../sandbox/world/api.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "../sandbox-doctor.ts";
import { changeZone } from "../world-changes.ts";

let doctor: SandboxDoctor;
beforeAll(async () => {
  doctor = await sandboxDoctor("ozilab");
});
afterAll(() => doctor.remove());

test("a healthy ozilab is healthy", async () => {
  const report = await doctor.diagnose();
  expect(notOk(report)).toEqual([]);
  expect(report.results.map(({ id, evidence }) => `${id}: ${evidence.replace(/\d{4}-\d\d-\d\d/, "<day>")}`))
    .toMatchInlineSnapshot(`
    [
      "secret: client_id and client_secret, without surrounding white space",
      "credential: OAuth client k0001CNTRL gets an access token",
      "scope/auth_keys: a read that needs auth_keys succeeds",
      "scope/devices:core: a read that needs devices:core succeeds",
      "scope/services: a read that needs services succeeds",
      "policy/syntax: it can be parsed",
      "policy/tag-owners: tag:k8s, tag:k8s-operator have their owners",
      "policy/funnel: tag:k8s may use Funnel",
      "policy/access: all 1 grants",
      "policy/tests: all 1 tests of the stack pass",
      "magicdns: on",
      "https: on",
      "deployment: 1 available",
      "login: ozilab-operator.tail1234.ts.net is connected",
      "name/ozilab-edge.tail1234.ts.net: ozilab-edge.tail1234.ts.net",
      "certificate/ozilab-edge.tail1234.ts.net: 60 days left, until <day>",
      "zone/example.com: active, type full",
      "plan/example.com: enterprise",
      "edge-certificate/app.example.com: universal certificate for example.com, *.example.com",
      "record/app.example.com: CNAME ozilab-edge.tail1234.ts.net, proxied",
      "sni/app.example.com: rule "SNI of the Funnel, Host kept" sets ozilab-edge.tail1234.ts.net",
      "host-header/app.example.com: Host stays app.example.com",
      "origin/app.example.com: no override",
      "page-rules/app.example.com: none changes Host, origin or URL",
      "strict-tls/app.example.com: rule "TLS Full (strict) to the origin" sets the TLS mode strict",
      "redirect/app.example.com: rule "HTTP to HTTPS" redirects to HTTPS",
    ]
  `);
  expect(report.verdict).toBe("healthy");
});

test("only reads: its calls are GET and LIST, and the exchange of the operator's credential", async () => {
  await doctor.diagnose((world) => {
    for (const name of Object.keys(callCounts(world))) world.table("calls").delete(name);
  });
  const methods = Object.keys(callCounts(doctor.world())).filter((name) => !/ (GET|LIST) /.test(name));
  expect(methods).toEqual(["tailscale POST /oauth/token"]);
});

const OF_KUBERNETES = /^(secret$|credential$|scope\/|deployment$|name\/|certificate\/)/;
const OF_TAILSCALE = /^(policy\/|magicdns$|https$|login$)/;
const OF_CLOUDFLARE =
  /^(zone|plan|edge-certificate|record|sni|host-header|origin|page-rules|strict-tls|redirect)\//;

test.each([
  ["Kubernetes", () => ({ KUBECONFIG: withOtherToken() }), OF_KUBERNETES, 8],
  ["Tailscale", () => ({ TAILSCALE_API_KEY: "expired-token" }), OF_TAILSCALE, 8],
  ["Cloudflare", () => ({ CLOUDFLARE_API_TOKEN: "expired-token" }), OF_CLOUDFLARE, 10],
])(
  "a credential of the doctor that %s refuses leaves its checks unknown, and the others go on",
  async (system, variables: () => Variables, isOfSystem, count) => {
    const { results } = await doctor.diagnose(undefined, { variables: variables() });
    const own = results.filter(({ id }) => isOfSystem.test(id));
    expect(own).toHaveLength(count);
    expect(notOk({ results })).toEqual(own.map(({ id }) => `${id}: unknown`));
    for (const { evidence } of own) {
      expect(evidence).toMatch(new RegExp(`(${system}|the API server \\S+) answers 401`));
      expect(evidence).toMatch(
        /check that the credential for .* is the right one, and has not expired or been revoked$/,
      );
      expect(evidence).not.toContain("expired-token");
    }
  },
);

/** The kubeconfig with a token that the API server does not know. */
function withOtherToken(): string {
  const config = JSON.parse(readFileSync(doctor.variables["KUBECONFIG"] ?? "", "utf8")) as {
    users: object[];
  };
  return JSON.stringify({ ...config, users: [{ name: "sandbox", user: { token: "expired-token" } }] });
}

/** As `make doctor` runs it, without its check of the installed packages. */
const run = async (...args: readonly string[]) => {
  const { OUTPUTS: outputs = "", ...env } = doctor.variables;
  const { stdout, stderr, exitCode } = await execa({ env, reject: false })(process.execPath, [
    ...[join(PROJECT_FOLDER, "doctor", "main.ts"), "--stack=ozilab", `--outputs=${outputs}`],
    ...args,
  ]);
  return { stdout, stderr, exitCode };
};

test("prints each check, a table of findings and the verdict, and exits with 1", async () => {
  doctor.prepare(changeZone({ paused: true }));
  const { stdout, stderr, exitCode } = await run("--host=app.example.com");
  expect(stderr).toBe("");
  expect(exitCode).toBe(1);
  expect(stdout).toContain("  ✗ zone example.com: is active\n      example.com is paused\n");
  expect(stdout).toMatch(/│ zone example\.com +│ zone-paused: the zone is +│/);
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^ozilab: broken \(\d+ ok, \d+ broken, \d+ unknown\)$/);
  expect(stdout).not.toContain("\u001B");
});

test("FORMAT=json prints the report, and a mistake is an error with status 2", async () => {
  doctor.prepare();
  const { stdout, exitCode } = await run("--format=json");
  const report = JSON.parse(stdout) as Report;
  expect(exitCode).toBe(EXIT_STATUS[report.verdict]);
  // The data path leads through the internet.
  const modelled = report.results.filter(({ group }) => /^(control plane|cloudflare)$/.test(group));
  expect(modelled).toHaveLength(26);
  expect(notOk({ results: modelled })).toEqual([]);
  const mistake = await run("--host=nowhere.example.com");
  expect(mistake).toMatchObject({ stdout: "", exitCode: 2 });
  expect(mistake.stderr).toContain("allowed: a public hostname of the stack: app.example.com");
});
