import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { cloudflareChecks } from "../../doctor/cloudflare/checks.ts";
import { runDoctor } from "../../doctor/run-doctor.ts";
import type { Systems } from "../../doctor/systems.ts";
import type { Target } from "../../doctor/target/target.ts";

const FUNNEL = "ozilab-edge.tail1234.ts.net";
const ANSWERS: Readonly<Record<string, unknown>> = {
  zone: { id: "z", status: "active", plan: { legacy_id: "enterprise" }, account: { id: "a" } },
  records: [{ type: "CNAME", content: FUNNEL, proxied: true }],
  certificatePacks: [{ type: "universal", status: "active", hosts: ["*.example.com"] }],
  pageRules: [],
  zoneSetting: "strict",
};
const RULES: Readonly<Record<string, object>> = {
  http_request_origin: { sni: { value: FUNNEL } },
  http_config_settings: { ssl: "strict" },
  http_request_dynamic_redirect: {
    from_value: { target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' } },
  },
};

/** A Cloudflare client whose calls are answered in rounds: all that wait, once nothing else goes on. */
function clientInRounds() {
  const waiting: (() => void)[] = [];
  const calls: string[] = [];
  const client = new Proxy(
    {},
    {
      get: (_, method: string) =>
        method === "then"
          ? undefined
          : async (_zone: string, detail: string) => {
              calls.push(method);
              await new Promise<void>((resolve) => waiting.push(resolve));
              if (method !== "entryPoint") return ANSWERS[method];
              const expression = detail === "http_request_dynamic_redirect" ? "not ssl" : "true";
              return { rules: [{ description: detail, expression, action_parameters: RULES[detail] }] };
            },
    },
  );
  const answerAll = async (ended: () => boolean) => {
    let rounds = 0;
    for (;;) {
      await setImmediate();
      if (ended()) return rounds;
      if (waiting.length > 0) rounds += 1;
      for (const answer of waiting.splice(0)) answer();
    }
  };
  return { calls, answerAll, systems: { cloudflare: () => Promise.resolve(client) } as unknown as Systems };
}

async function check(count: number) {
  const hosts = Array.from({ length: count }, (_, index) => ({
    ...{ host: `h${index}.example.com`, url: "", target: FUNNEL, zone: "example.com" },
    via: "origin-rule" as const,
  }));
  const funnel = { expected: FUNNEL, actual: FUNNEL };
  const target = { stack: "ozilab", config: {}, outputs: { funnel }, hosts } as unknown as Target;
  const { calls, answerAll, systems } = clientInRounds();
  let hasEnded = false;
  const report = runDoctor("ozilab", cloudflareChecks(target, systems)).finally(() => {
    hasEnded = true;
  });
  const rounds = await answerAll(() => hasEnded);
  return { rounds, calls, verdict: (await report).verdict, results: (await report).results.length };
}

test("twenty hostnames take as many rounds of calls as one, and one more call each", async () => {
  const [one, twenty] = [await check(1), await check(20)];
  expect([one.verdict, twenty.verdict]).toEqual(["healthy", "healthy"]);
  expect([one.results, twenty.results]).toEqual([2 + 8, 2 + 8 * 20]);
  expect(one.rounds).toBe(2);
  expect(twenty.rounds).toBe(one.rounds);
  expect(twenty.calls.length - one.calls.length).toBe(19);
  expect(new Set(twenty.calls)).toEqual(new Set(one.calls));
});
